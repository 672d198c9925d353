-- severity: warning
-- purpose: the usable areas of the rooms do not exceed that of the building
with

rooms as (

    select building_id, sum(usable_m2) as rooms_usable_m2
    from stg_office__room
    group by building_id

)

select office_space.building_id, office_space.usable_m2, rooms.rooms_usable_m2
from office_space
inner join rooms
    on office_space.building_id = rooms.building_id
where rooms.rooms_usable_m2 > office_space.usable_m2
