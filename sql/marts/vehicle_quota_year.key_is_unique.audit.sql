-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    use_class,
    year,
    count(*) as row_count
from vehicle_quota_year
group by organization_id, use_class, year
having count(*) > 1
