-- severity: error
-- purpose: two rows of one key would count twice
select
    year,
    carrier,
    year_factor_id,
    fixed_factor_id,
    count(*) as row_count
from carbon_factor_year
group by year, carrier, year_factor_id, fixed_factor_id
having count(*) > 1
