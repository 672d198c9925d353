-- severity: error
-- purpose: two rows of one key would count twice
select
    plan,
    region_code,
    metric,
    year,
    count(*) as row_count
from target_rate_year
group by plan, region_code, metric, year
having count(*) > 1
