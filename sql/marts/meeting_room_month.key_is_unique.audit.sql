-- severity: error
-- purpose: two rows of one key would count twice
select
    room_id,
    month,
    count(*) as row_count
from meeting_room_month
group by room_id, month
having count(*) > 1
