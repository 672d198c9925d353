-- severity: error
-- purpose: the rooms of the mart are the rooms of the buildings it lists
with

rooms as (

    select count(*) as room_count
    from stg_office__room
    inner join stg_office__building
        on stg_office__room.building_id = stg_office__building.building_id
    where not stg_office__building.is_disposed

),

counted as (

    select coalesce(sum(room_count), 0) as room_count from office_space

)

select rooms.room_count as source_rooms, counted.room_count as mart_rooms
from rooms
cross join counted
where rooms.room_count <> counted.room_count
