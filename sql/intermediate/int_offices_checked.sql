-- grain: rule, organization_id, period, item
-- purpose: candidates of the review's rules over office space: offices above the standard by building and
-- year, area above what is approved, premises let or lent without an approval, rooms that do not fit
-- into their building. Area above the standard weighs its share of the energy that the organisation's
-- premises use; what is let weighs the rent due
-- unit: months month, lease_months month, difference kgce
with

energies as (

    select
        intensities.organization_id,
        intensities.year,
        intensities.energy_kgce - intensities.vehicle_energy_kgce as energy_kgce,
        holdings.held_m2
    from intensity_year as intensities
    inner join office_organization_standard as holdings
        on intensities.organization_id = holdings.organization_id
    where holdings.held_m2 > 0

),

rooms as (

    select
        organization_id,
        building_id,
        year,
        max(region_code) as region_code,
        sum(usable_m2) as usable_m2,
        sum(allowed_m2) as allowed_m2,
        sum(over_standard_m2) as over_standard_m2,
        max(judged_date) as judged_date,
        md5(
            string_agg(
                concat_ws(
                    '|',
                    room_id,
                    cast(usable_m2 as varchar),
                    cast(allowed_m2 as varchar)
                ),
                ','
                order by room_id
            )
        ) as digest
    from office_room_standard
    where is_over_standard
    group by organization_id, building_id, year

),

holdings as (

    select
        organization_id,
        held_m2,
        approved_m2,
        over_standard_m2,
        cast(date_part('year', judged_date) as bigint) as year,
        judged_date
    from office_organization_standard
    where is_over_standard

),

unapproved as (

    select
        months.lease_id,
        months.building_id,
        months.year,
        count(*) as lease_months,
        sum(months.rent_yuan) as rent_yuan
    from int_leases_by_month as months
    inner join stg_office__lease as leases
        on months.lease_id = leases.lease_id
    where leases.is_unapproved
    group by months.lease_id, months.building_id, months.year

),

let_buildings as (

    select
        unapproved.building_id,
        unapproved.year,
        max(buildings.organization_id) as organization_id,
        max(buildings.region_code) as region_code,
        max(unapproved.lease_months) as months,
        count(*) as lease_count,
        sum(unapproved.rent_yuan) as rent_yuan,
        md5(
            string_agg(
                concat_ws(
                    '|', unapproved.lease_id, cast(unapproved.rent_yuan as varchar)
                ),
                ','
                order by unapproved.lease_id
            )
        ) as digest
    from unapproved
    left join office_space_year as buildings
        on
            unapproved.building_id = buildings.building_id
            and unapproved.year = buildings.year
    group by unapproved.building_id, unapproved.year

),

built_rooms as (

    select building_id, sum(usable_m2) as usable_m2
    from stg_office__room
    group by building_id

),

newest_year as (

    select max(year) as year from int_office_years

)

select
    'rooms_above_standard' as rule,
    'all' as rule_item,
    'energy' as carrier,
    rooms.organization_id,
    case when rooms.organization_id is null then rooms.region_code end as region_code,
    cast(rooms.year as varchar) as period,
    rooms.building_id as item,
    'm2' as unit,
    'area_standard' as basis,
    rooms.year,
    cast(1 as bigint) as months,
    cast(rooms.usable_m2 as decimal(18, 4)) as value,
    cast(rooms.allowed_m2 as decimal(18, 4)) as expectation,
    cast(
        cast(energies.energy_kgce * rooms.over_standard_m2 as decimal(34, 12))
        / energies.held_m2 as decimal(18, 4)
    ) as difference,
    'kgce' as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    rooms.judged_date as period_end_date,
    rooms.digest
from rooms
left join energies
    on
        rooms.organization_id = energies.organization_id
        and rooms.year = energies.year
union all
select
    'area_above_approved',
    'all',
    'energy',
    holdings.organization_id,
    null,
    cast(holdings.year as varchar),
    'usable_m2',
    'm2',
    'approved_area',
    holdings.year,
    cast(1 as bigint),
    cast(holdings.held_m2 as decimal(18, 4)),
    cast(holdings.approved_m2 as decimal(18, 4)),
    cast(
        cast(energies.energy_kgce * holdings.over_standard_m2 as decimal(34, 12))
        / energies.held_m2 as decimal(18, 4)
    ),
    'kgce',
    null,
    holdings.judged_date,
    null
from holdings
left join energies
    on
        holdings.organization_id = energies.organization_id
        and holdings.year = energies.year
union all
select
    'let_without_approval',
    'all',
    null,
    organization_id,
    case when organization_id is null then region_code end,
    cast(year as varchar),
    building_id,
    'count',
    'no_occurrence',
    year,
    months,
    cast(lease_count as decimal(18, 4)),
    cast(0 as decimal(18, 4)),
    null,
    'kgce',
    cast(rent_yuan as decimal(18, 2)),
    cast(concat(cast(year as varchar), '-12-31') as date),
    digest
from let_buildings
union all
select
    'rooms_exceed_building',
    'all',
    null,
    buildings.organization_id,
    case when buildings.organization_id is null then buildings.region_code end,
    cast(newest_year.year as varchar),
    buildings.building_id,
    'm2',
    'building',
    newest_year.year,
    cast(1 as bigint),
    cast(built_rooms.usable_m2 as decimal(18, 4)),
    cast(buildings.usable_m2 as decimal(18, 4)),
    null,
    'kgce',
    null,
    cast(concat(cast(newest_year.year as varchar), '-12-31') as date),
    null
from office_space as buildings
inner join built_rooms
    on buildings.building_id = built_rooms.building_id
cross join newest_year
where built_rooms.usable_m2 > buildings.usable_m2
