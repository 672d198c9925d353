-- severity: error
-- purpose: the newest day judged here is that of office_space, which judges by another way: the
-- rooms and areas over the standard are the same
with

newest as (

    select max(year) as year from office_room_standard

),

rooms as (

    select
        sum(
            case when office_room_standard.is_over_standard then 1 else 0 end
        ) as room_count,
        sum(office_room_standard.over_standard_m2) as over_standard_m2
    from office_room_standard
    inner join newest
        on office_room_standard.year = newest.year

),

offices as (

    select
        sum(case when is_over_standard then 1 else 0 end) as room_count,
        sum(over_standard_m2) as over_standard_m2
    from int_offices_judged

)

select
    rooms.room_count,
    offices.room_count as office_room_count,
    rooms.over_standard_m2,
    offices.over_standard_m2 as office_over_standard_m2
from rooms
cross join offices
where
    rooms.room_count <> offices.room_count
    or rooms.over_standard_m2 <> offices.over_standard_m2
