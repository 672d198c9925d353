-- severity: error
-- purpose: every building in stock is here with its floor area
with

source as (

    select count(*) as building_count, coalesce(sum(floor_m2), 0) as floor_m2
    from stg_office__building
    where not is_disposed

),

mart as (

    select count(*) as building_count, coalesce(sum(floor_m2), 0) as floor_m2
    from office_facility

)

select
    source.building_count as source_building_count,
    mart.building_count,
    source.floor_m2 as source_floor_m2,
    mart.floor_m2
from source
cross join mart
where source.building_count <> mart.building_count or source.floor_m2 <> mart.floor_m2
