-- grain: year, room_id, person_key
-- purpose: who sits in which office on the day of the year that is judged, with the usable area the
-- rank of that day allows. The limit of a person with several offices is divided over them in
-- proportion to their areas, so the areas of one person are judged together
with

seats as (

    select
        years.year,
        occupancies.room_id,
        occupancies.person_key,
        rooms.building_id,
        occupancies.organization_id,
        occupancies.organ_level,
        occupancies.rank,
        occupancies.staff_type,
        occupancies.exception_reason,
        rooms.usable_m2,
        row_number() over (
            partition by years.year, occupancies.room_id, occupancies.person_key
            order by occupancies.from_date desc
        ) as choice,
        years.judged_date
    from stg_office__occupancy as occupancies
    inner join int_office_years as years
        on years.judged_date between occupancies.from_date and occupancies.to_date
    inner join stg_office__room as rooms
        on occupancies.room_id = rooms.room_id
    where rooms.room_function = 'office'

),

people as (

    select year, person_key, sum(usable_m2) as usable_m2, count(*) as office_count
    from seats
    where choice = 1
    group by year, person_key

),

limits as (

    select
        years.year,
        standards.organ_level,
        standards.rank,
        standards.standard_id,
        standards.max_usable_m2,
        row_number() over (
            partition by years.year, standards.organ_level, standards.rank
            order by standards.from_date desc, standards.standard_id
        ) as choice
    from stg_reference__area_standard as standards
    inner join int_office_years as years
        on years.judged_date between standards.from_date and standards.to_date

)

select
    seats.year,
    seats.room_id,
    seats.person_key,
    seats.building_id,
    seats.organization_id,
    seats.organ_level,
    seats.rank,
    seats.staff_type,
    limits.standard_id,
    case
        when limits.standard_id is null then 'unknown_rank'
        when limits.max_usable_m2 is null then 'set_by_province'
    end as limit_reason,
    seats.exception_reason,
    seats.usable_m2,
    limits.max_usable_m2,
    cast(
        cast(limits.max_usable_m2 * seats.usable_m2 as decimal(34, 12))
        / people.usable_m2
        as decimal(18, 8)
    ) as allowed_m2,
    people.office_count,
    seats.judged_date
from seats
inner join people
    on
        seats.year = people.year
        and seats.person_key = people.person_key
left join limits
    on
        seats.year = limits.year
        and seats.organ_level = limits.organ_level
        and seats.rank = limits.rank
        and limits.choice = 1
where seats.choice = 1
