-- severity: error
-- purpose: two rows of one key would count twice
select
    rule,
    year,
    count(*) as row_count
from vehicle_check_year
group by rule, year
having count(*) > 1
