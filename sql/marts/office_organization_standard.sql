-- grain: organization_id
-- purpose: the usable area an organisation holds against the area approved for it (核定面积): the
-- limits of its occupants of the types of staff that count, service rooms for its posts, and equipment
-- rooms as a share of both. Rooms have no history, so it is the newest day on which use is known.
-- Ancillary and technical rooms are shown and not judged
-- unit: occupant_count person, counted_count person, unjudged_count person
with

judged_days as (

    select max(year) as year, max(judged_date) as judged_date
    from int_office_years
    where judged_date is not null

),

counted_types as (

    select
        coalesce(
            max(case when name = 'approved_area_staff_types' then value end),
            'established'
        ) as staff_types
    from stg_reference__setting

),

shares as (

    select
        shares.organization_id,
        shares.person_key,
        shares.limit_reason,
        shares.allowed_m2,
        strpos(
            concat(',', counted_types.staff_types, ','),
            concat(',', shares.staff_type, ',')
        ) > 0 as is_counted
    from int_office_shares as shares
    inner join judged_days
        on shares.year = judged_days.year
    cross join counted_types

),

occupants as (

    select
        organization_id,
        count(distinct person_key) as occupant_count,
        count(distinct case when is_counted then person_key end) as counted_count,
        count(
            distinct case
                when is_counted and limit_reason is not null then person_key
            end
        ) as unjudged_count,
        cast(
            sum(case when is_counted then allowed_m2 else 0 end) as decimal(18, 4)
        ) as office_allowed_m2,
        cast(
            sum(case when is_counted then 0 else allowed_m2 end) as decimal(18, 4)
        ) as uncounted_allowed_m2
    from shares
    group by organization_id

),

rooms as (

    select
        coalesce(rooms.organization_id, buildings.organization_id) as organization_id,
        sum(
            case when rooms.room_function = 'office' then rooms.usable_m2 else 0 end
        ) as office_m2,
        sum(
            case when rooms.room_function = 'service' then rooms.usable_m2 else 0 end
        ) as service_m2,
        sum(
            case when rooms.room_function = 'equipment' then rooms.usable_m2 else 0 end
        ) as equipment_m2,
        sum(
            case when rooms.room_function = 'ancillary' then rooms.usable_m2 else 0 end
        ) as ancillary_m2,
        sum(
            case when rooms.room_function = 'technical' then rooms.usable_m2 else 0 end
        ) as technical_m2
    from stg_office__room as rooms
    left join stg_office__building as buildings
        on rooms.building_id = buildings.building_id
    where rooms.status not in ('let', 'lent', 'disposal')
    group by coalesce(rooms.organization_id, buildings.organization_id)

),

held as (

    select
        coalesce(rooms.organization_id, occupants.organization_id) as organization_id,
        coalesce(rooms.office_m2, 0) as office_m2,
        coalesce(rooms.service_m2, 0) as service_m2,
        coalesce(rooms.equipment_m2, 0) as equipment_m2,
        coalesce(rooms.ancillary_m2, 0) as ancillary_m2,
        coalesce(rooms.technical_m2, 0) as technical_m2,
        coalesce(occupants.office_allowed_m2, 0) as office_allowed_m2,
        coalesce(occupants.uncounted_allowed_m2, 0) as uncounted_allowed_m2,
        coalesce(occupants.occupant_count, 0) as occupant_count,
        coalesce(occupants.counted_count, 0) as counted_count,
        coalesce(occupants.unjudged_count, 0) as unjudged_count
    from rooms
    full outer join occupants
        on rooms.organization_id = occupants.organization_id
    where coalesce(rooms.organization_id, occupants.organization_id) is not null

),

approved as (

    select
        held.organization_id,
        allowances.organ_level,
        case
            when held.occupant_count = 0 then 'no_occupants'
            when held.unjudged_count > 0 then 'unjudged_occupants'
            when allowances.authorized_staff is null then 'no_authorized_staff'
            when
                allowances.service_allowed_m2 is null
                or allowances.equipment_pct is null
                then 'no_allowance'
        end as approved_reason,
        allowances.authorized_staff,
        held.occupant_count,
        held.counted_count,
        held.unjudged_count,
        held.office_m2,
        held.service_m2,
        held.equipment_m2,
        held.ancillary_m2,
        held.technical_m2,
        held.office_allowed_m2,
        held.uncounted_allowed_m2,
        allowances.service_allowed_m2,
        cast(
            cast(
                (held.office_allowed_m2 + allowances.service_allowed_m2)
                * allowances.equipment_pct
                as decimal(34, 12)
            )
            / 100
            as decimal(18, 4)
        ) as equipment_allowed_m2
    from held
    left join int_service_areas_allowed as allowances
        on held.organization_id = allowances.organization_id

),

compared as (

    select
        organization_id,
        office_m2 + service_m2 + equipment_m2 as held_m2,
        case
            when approved_reason is null
                then office_allowed_m2 + service_allowed_m2 + equipment_allowed_m2
        end as approved_m2
    from approved

)

select
    approved.organization_id,
    states.region_code,
    approved.organ_level,
    approved.approved_reason,
    approved.authorized_staff,
    approved.occupant_count,
    approved.counted_count,
    approved.unjudged_count,
    approved.office_m2,
    approved.service_m2,
    approved.equipment_m2,
    approved.ancillary_m2,
    approved.technical_m2,
    compared.held_m2,
    approved.office_allowed_m2,
    approved.uncounted_allowed_m2,
    approved.service_allowed_m2,
    approved.equipment_allowed_m2,
    compared.approved_m2,
    compared.held_m2 - compared.approved_m2 as difference_m2,
    greatest(compared.held_m2 - compared.approved_m2, 0) as over_standard_m2,
    compared.held_m2 > compared.approved_m2 as is_over_standard,
    judged_days.judged_date
from approved
inner join compared
    on approved.organization_id = compared.organization_id
cross join judged_days
left join int_organizations_dated as states
    on
        approved.organization_id = states.organization_id
        and judged_days.judged_date between states.holds_from_date
        and states.holds_to_date
