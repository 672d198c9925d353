-- severity: error
-- purpose: the area of every room that an organisation uses is here
with

source as (

    select coalesce(sum(rooms.usable_m2), 0) as usable_m2
    from stg_office__room as rooms
    left join stg_office__building as buildings
        on rooms.building_id = buildings.building_id
    where
        coalesce(rooms.status, '') not in ('let', 'lent')
        and not coalesce(buildings.is_disposed, false)
        and coalesce(rooms.organization_id, buildings.organization_id) is not null

),

mart as (

    select coalesce(sum(usable_m2), 0) as usable_m2 from office_compactness

)

select source.usable_m2 as source_usable_m2, mart.usable_m2
from source
cross join mart
where source.usable_m2 <> mart.usable_m2
