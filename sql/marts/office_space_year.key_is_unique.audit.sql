-- severity: error
-- purpose: two rows of one key would count twice
select
    building_id,
    year,
    count(*) as row_count
from office_space_year
group by building_id, year
having count(*) > 1
