-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    carrier,
    count(*) as row_count
from carbon_change
group by organization_id, year, carrier
having count(*) > 1
