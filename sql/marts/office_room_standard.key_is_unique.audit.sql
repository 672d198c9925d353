-- severity: error
-- purpose: two rows of one key would count twice
select
    room_id,
    year,
    count(*) as row_count
from office_room_standard
group by room_id, year
having count(*) > 1
