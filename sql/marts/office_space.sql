-- grain: building_id
-- purpose: each building with rooms, vacancies, lettings, registration, occupants and what exceeds the
-- area standard
-- unit: occupant_count person
with

buildings as (

    select
        building_id,
        compound_id,
        organization_id,
        region_code,
        name,
        registration_status,
        built_year,
        floor_m2,
        usable_m2,
        vacant_m2,
        is_registrable,
        is_registered
    from stg_office__building
    where not is_disposed

),

region_changes as (

    select old_code, new_code from stg_reference__region_change

),

rooms as (

    select
        building_id,
        count(*) as room_count,
        sum(case when status = 'vacant' then usable_m2 else 0 end) as vacant_m2,
        sum(case when status = 'let' then usable_m2 else 0 end) as let_m2,
        sum(case when status = 'lent' then usable_m2 else 0 end) as lent_m2
    from stg_office__room
    group by building_id

),

newest_states as (

    select organization_id, region_code
    from int_organizations_dated
    where holds_to_date = date '9999-12-31'

),

judged_day as (

    select max(from_date) as judged_date from stg_office__occupancy

),

occupants as (

    select
        stg_office__room.building_id,
        count(distinct stg_office__occupancy.person_key) as occupant_count
    from stg_office__occupancy
    cross join judged_day
    inner join stg_office__room
        on stg_office__occupancy.room_id = stg_office__room.room_id
    where
        judged_day.judged_date between stg_office__occupancy.from_date
        and stg_office__occupancy.to_date
    group by stg_office__room.building_id

),

offices as (

    select
        building_id,
        sum(case when is_over_standard then 1 else 0 end) as over_standard_rooms,
        sum(over_standard_m2) as over_standard_m2,
        sum(case when is_excepted then 1 else 0 end) as excepted_rooms,
        sum(case when is_unjudged then 1 else 0 end) as unjudged_rooms
    from int_offices_judged
    group by building_id

)

select
    buildings.building_id,
    buildings.compound_id,
    buildings.organization_id,
    coalesce(
        region_changes.new_code,
        buildings.region_code,
        newest_states.region_code
    ) as region_code,
    buildings.name,
    buildings.registration_status,
    buildings.built_year,
    buildings.floor_m2,
    buildings.usable_m2,
    coalesce(rooms.room_count, 0) as room_count,
    coalesce(rooms.vacant_m2, buildings.vacant_m2, 0) as vacant_m2,
    coalesce(rooms.let_m2, 0) as let_m2,
    coalesce(rooms.lent_m2, 0) as lent_m2,
    coalesce(occupants.occupant_count, 0) as occupant_count,
    coalesce(offices.over_standard_rooms, 0) as over_standard_rooms,
    coalesce(offices.over_standard_m2, 0) as over_standard_m2,
    coalesce(offices.excepted_rooms, 0) as excepted_rooms,
    coalesce(offices.unjudged_rooms, 0) as unjudged_rooms,
    buildings.is_registrable,
    buildings.is_registered
from buildings
left join region_changes
    on buildings.region_code = region_changes.old_code
left join newest_states
    on buildings.organization_id = newest_states.organization_id
left join rooms
    on buildings.building_id = rooms.building_id
left join occupants
    on buildings.building_id = occupants.building_id
left join offices
    on buildings.building_id = offices.building_id
