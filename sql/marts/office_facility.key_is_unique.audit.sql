-- severity: error
-- purpose: two rows of one key would count twice
select
    building_id,
    count(*) as row_count
from office_facility
group by building_id
having count(*) > 1
