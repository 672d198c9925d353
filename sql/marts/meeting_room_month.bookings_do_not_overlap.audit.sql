-- severity: warning
-- purpose: a room that is booked twice at once, or that the ledger of rooms does not know
select room_id, month, overlapping_count, has_room
from meeting_room_month
where overlapping_count > 0 or not has_room
