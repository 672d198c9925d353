-- severity: warning
-- purpose: months in which the use of meeting rooms is unknown, for no booking names its room
select use_reason, min(month) as from_month, max(month) as to_month, count(*) as row_count
from meeting_room_month
where use_reason is not null
group by use_reason
