-- severity: error
-- purpose: two rows of one key would count twice
select
    region_code,
    month,
    count(*) as row_count
from degree_day_month
group by region_code, month
having count(*) > 1
