-- grain: room_id
-- purpose: rooms with function, state and usable area
select
    room_id,
    building_id,
    organization_id,
    room_function,
    sub_function,
    status,
    usable_m2
from office.room
