-- severity: error
-- purpose: the areas held are those of the rooms that are not let, lent or for disposal and whose
-- user is known
with

rooms as (

    select coalesce(sum(stg_office__room.usable_m2), 0) as usable_m2
    from stg_office__room
    left join stg_office__building
        on stg_office__room.building_id = stg_office__building.building_id
    where
        stg_office__room.status not in ('let', 'lent', 'disposal')
        and coalesce(
            stg_office__room.organization_id,
            stg_office__building.organization_id
        ) is not null

),

held as (

    select coalesce(sum(held_m2 + ancillary_m2 + technical_m2), 0) as usable_m2
    from office_organization_standard

)

select rooms.usable_m2 as room_usable_m2, held.usable_m2 as held_usable_m2
from rooms
cross join held
where rooms.usable_m2 <> held.usable_m2
