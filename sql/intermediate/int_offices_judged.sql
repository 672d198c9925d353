-- grain: room_id
-- purpose: each occupied office with the usable area its occupants are allowed. The limit of a person
-- with several offices is divided over them in proportion to their areas, so the areas of one person
-- are judged together; a shared office is allowed the sum of its occupants' shares. The day judged is
-- the newest on which an occupancy begins.
-- unit: occupant_count person
with

judged_day as (

    select max(from_date) as judged_date from stg_office__occupancy

),

-- A use that was never closed and one that follows it in the same room are one seat, at the newest rank.
seats as (

    select
        occupancies.room_id,
        occupancies.person_key,
        occupancies.organ_level,
        occupancies.rank,
        rooms.building_id,
        rooms.usable_m2,
        occupancies.is_excepted,
        row_number() over (
            partition by occupancies.room_id, occupancies.person_key
            order by occupancies.from_date desc
        ) as choice
    from stg_office__occupancy as occupancies
    cross join judged_day
    inner join stg_office__room as rooms
        on occupancies.room_id = rooms.room_id
    where
        judged_day.judged_date between occupancies.from_date and occupancies.to_date
        and rooms.room_function = 'office'

),

occupancies as (

    select
        room_id,
        person_key,
        organ_level,
        rank,
        building_id,
        usable_m2,
        is_excepted
    from seats
    where choice = 1

),

people as (

    select person_key, sum(usable_m2) as usable_m2
    from occupancies
    group by person_key

),

limits as (

    select
        standards.organ_level,
        standards.rank,
        first_value(
            standards.max_usable_m2 order by standards.from_date desc
        ) as max_usable_m2
    from stg_reference__area_standard as standards
    cross join judged_day
    where judged_day.judged_date between standards.from_date and standards.to_date
    group by standards.organ_level, standards.rank

),

shares as (

    select
        occupancies.room_id,
        occupancies.building_id,
        occupancies.person_key,
        occupancies.usable_m2,
        cast(
            cast(limits.max_usable_m2 * occupancies.usable_m2 as decimal(34, 12))
            / people.usable_m2
            as decimal(18, 8)
        ) as allowed_m2,
        occupancies.is_excepted
    from occupancies
    inner join people
        on occupancies.person_key = people.person_key
    left join limits
        on
            occupancies.organ_level = limits.organ_level
            and occupancies.rank = limits.rank

),

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

rooms as (

    select
        room_id,
        building_id,
        max(usable_m2) as usable_m2,
        cast(max(usable_m2) - sum(allowed_m2) as decimal(18, 4)) as excess_m2,
        count(distinct person_key) as occupant_count,
        bool_or(allowed_m2 is null) as is_unjudged,
        bool_or(is_excepted) as is_excepted
    from shares
    group by room_id, building_id

),

judged as (

    select
        rooms.room_id,
        rooms.building_id,
        rooms.usable_m2,
        rooms.excess_m2,
        rooms.occupant_count,
        rooms.is_unjudged,
        rooms.is_excepted,
        not rooms.is_unjudged
        and not rooms.is_excepted
        and rooms.excess_m2 > tolerance.tolerance_m2 as is_over_standard
    from rooms
    cross join tolerance

)

select
    room_id,
    building_id,
    usable_m2,
    occupant_count,
    case when is_over_standard then excess_m2 else 0 end as over_standard_m2,
    is_unjudged,
    is_excepted,
    is_over_standard
from judged
