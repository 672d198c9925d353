-- severity: error
-- purpose: two rows of one key would count twice
select
    vehicle_id,
    year,
    count(*) as row_count
from vehicle_efficiency_year
group by vehicle_id, year
having count(*) > 1
