-- grain: room_id, year
-- purpose: each occupied office against the usable area that the ranks of its occupants allow on the
-- day of the year that is judged. A shared office is allowed the sum of its occupants' shares
-- unit: occupant_count person, other_staff_count person, several_offices_count person
with

tolerance as (

    select
        coalesce(
            max(
                case
                    when name = 'over_standard_tolerance_m2'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as tolerance_m2
    from stg_reference__setting

),

leaders as (

    select
        year,
        room_id,
        organization_id,
        organ_level,
        rank,
        standard_id,
        row_number() over (
            partition by year, room_id
            order by max_usable_m2 desc nulls last, organ_level, rank, person_key
        ) as choice
    from int_office_shares

),

rooms as (

    select
        room_id,
        year,
        building_id,
        max(limit_reason) as limit_reason,
        max(exception_reason) as exception_reason,
        max(usable_m2) as usable_m2,
        cast(sum(allowed_m2) as decimal(18, 4)) as allowed_m2,
        cast(max(usable_m2) - sum(allowed_m2) as decimal(18, 4)) as excess_m2,
        count(*) as occupant_count,
        sum(
            case when staff_type <> 'established' then 1 else 0 end
        ) as other_staff_count,
        sum(case when office_count > 1 then 1 else 0 end) as several_offices_count,
        max(judged_date) as judged_date
    from int_office_shares
    group by room_id, year, building_id

),

judged as (

    select
        rooms.room_id,
        rooms.year,
        rooms.building_id,
        case
            when rooms.limit_reason is not null then 'not_judged'
            when rooms.excess_m2 <= tolerance.tolerance_m2 then 'within'
            when rooms.exception_reason is not null then 'excepted'
            else 'over'
        end as verdict,
        rooms.limit_reason,
        rooms.exception_reason,
        rooms.usable_m2,
        case when rooms.limit_reason is null then rooms.allowed_m2 end as allowed_m2,
        case when rooms.limit_reason is null then rooms.excess_m2 end as excess_m2,
        rooms.occupant_count,
        rooms.other_staff_count,
        rooms.several_offices_count,
        rooms.judged_date
    from rooms
    cross join tolerance

),

buildings as (

    select building_id, organization_id, region_code from stg_office__building

),

region_changes as (

    select old_code, new_code from stg_reference__region_change

)

select
    judged.room_id,
    judged.year,
    judged.building_id,
    leaders.organization_id,
    coalesce(
        region_changes.new_code,
        buildings.region_code,
        organizations.region_code
    ) as region_code,
    leaders.organ_level,
    leaders.rank as leading_rank,
    leaders.standard_id,
    judged.verdict,
    judged.limit_reason,
    judged.exception_reason,
    judged.usable_m2,
    judged.allowed_m2,
    judged.excess_m2,
    case
        when judged.verdict = 'over' then judged.excess_m2 else 0
    end as over_standard_m2,
    judged.occupant_count,
    judged.other_staff_count,
    judged.several_offices_count,
    judged.verdict = 'over' as is_over_standard,
    judged.judged_date
from judged
inner join leaders
    on
        judged.room_id = leaders.room_id
        and judged.year = leaders.year
        and leaders.choice = 1
left join buildings
    on judged.building_id = buildings.building_id
left join region_changes
    on buildings.region_code = region_changes.old_code
left join int_organizations_dated as organizations
    on
        leaders.organization_id = organizations.organization_id
        and judged.judged_date between organizations.holds_from_date
        and organizations.holds_to_date
