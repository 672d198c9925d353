-- grain: organization_id
-- purpose: how compact each organisation sits: over how many places its rooms are spread, how much of
-- their area stands in centralised office areas, and how many of its people. A place is a compound, or
-- a building that lies in none. Rooms let or lent are used by others and do not count
-- unit: occupant_count person, centralized_occupant_count person
with

newest_day as (

    select max(judged_date) as judged_date from int_office_years

),

rooms as (

    select
        rooms.room_id,
        coalesce(rooms.organization_id, buildings.organization_id) as organization_id,
        rooms.building_id,
        concat(
            case when buildings.compound_id is null then 'building ' else 'compound ' end,
            coalesce(buildings.compound_id, rooms.building_id)
        ) as place,
        coalesce(rooms.usable_m2, 0) as usable_m2,
        coalesce(compounds.is_centralized, false) as is_centralized
    from stg_office__room as rooms
    left join stg_office__building as buildings
        on rooms.building_id = buildings.building_id
    left join stg_office__compound as compounds
        on buildings.compound_id = compounds.compound_id
    where
        coalesce(rooms.status, '') not in ('let', 'lent')
        and not coalesce(buildings.is_disposed, false)

),

places as (

    select
        organization_id,
        place,
        count(*) as room_count,
        sum(usable_m2) as usable_m2,
        sum(case when is_centralized then usable_m2 else 0 end) as centralized_m2
    from rooms
    where organization_id is not null
    group by organization_id, place

),

organizations as (

    select
        organization_id,
        sum(room_count) as room_count,
        count(*) as place_count,
        sum(usable_m2) as usable_m2,
        sum(centralized_m2) as centralized_m2,
        max(usable_m2) as largest_m2
    from places
    group by organization_id

),

buildings_used as (

    select organization_id, count(distinct building_id) as building_count
    from rooms
    where organization_id is not null
    group by organization_id

),

people as (

    select
        coalesce(occupancies.organization_id, rooms.organization_id) as organization_id,
        count(distinct occupancies.person_key) as occupant_count,
        count(
            distinct case when rooms.is_centralized then occupancies.person_key end
        ) as centralized_occupant_count
    from stg_office__occupancy as occupancies
    cross join newest_day
    inner join rooms
        on occupancies.room_id = rooms.room_id
    where newest_day.judged_date between occupancies.from_date and occupancies.to_date
    group by coalesce(occupancies.organization_id, rooms.organization_id)

)

select
    organizations.organization_id,
    dated.region_code,
    case
        when organizations.centralized_m2 = 0 then 'none'
        when organizations.centralized_m2 = organizations.usable_m2 then 'all'
        else 'part'
    end as centralized,
    case when organizations.usable_m2 = 0 then 'no_area' end as share_reason,
    organizations.room_count,
    buildings_used.building_count,
    organizations.place_count,
    organizations.usable_m2,
    organizations.centralized_m2,
    organizations.largest_m2,
    cast(
        cast(organizations.centralized_m2 * 100 as decimal(34, 12))
        / nullif(organizations.usable_m2, 0)
        as decimal(18, 4)
    ) as centralized_pct,
    cast(
        cast(organizations.largest_m2 * 100 as decimal(34, 12))
        / nullif(organizations.usable_m2, 0)
        as decimal(18, 4)
    ) as largest_pct,
    coalesce(people.occupant_count, 0) as occupant_count,
    coalesce(people.centralized_occupant_count, 0) as centralized_occupant_count,
    organizations.place_count = 1 as is_in_one_place,
    newest_day.judged_date
from organizations
cross join newest_day
inner join buildings_used
    on organizations.organization_id = buildings_used.organization_id
left join people
    on organizations.organization_id = people.organization_id
left join int_organizations_dated as dated
    on
        organizations.organization_id = dated.organization_id
        and coalesce(newest_day.judged_date, date '9999-12-31')
        between dated.holds_from_date and dated.holds_to_date
