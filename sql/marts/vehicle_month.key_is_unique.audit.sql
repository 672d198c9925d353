-- severity: error
-- purpose: two rows of one key would count twice
select
    vehicle_id,
    month,
    count(*) as row_count
from vehicle_month
group by vehicle_id, month
having count(*) > 1
