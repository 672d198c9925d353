-- severity: error
-- purpose: two rows of one key would count twice
select
    vehicle_id,
    count(*) as row_count
from vehicle_limit_check
group by vehicle_id
having count(*) > 1
