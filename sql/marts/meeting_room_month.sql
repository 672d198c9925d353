-- grain: room_id, month
-- purpose: use of each meeting room by month: meetings, length, working days used of those there were,
-- and meetings that overlap one before them. In a month in which no booking names its room the use of
-- every room is unknown
-- unit: workdays_used d, workdays d
with

meetings as (

    select
        room_id,
        month,
        attendee_count,
        length_min,
        meeting_date,
        -- the newest end of the meetings that began before in the room
        coalesce(
            started_at
            < max(ended_at) over (
                partition by room_id
                order by started_at, meeting_id
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_overlapping
    from stg_service__meeting
    where room_id is not null

),

months as (

    select
        month,
        max(month_end_date) as month_end_date,
        count(room_id) as placed_count
    from stg_service__meeting
    group by month

),

functions as (

    select
        coalesce(
            max(case when name = 'meeting_room_functions' then value end),
            ''
        ) as meeting_room_functions
    from stg_reference__setting

),

meeting_rooms as (

    select stg_office__room.room_id
    from stg_office__room
    cross join functions
    where
        strpos(
            concat(',', functions.meeting_room_functions, ','),
            concat(',', stg_office__room.sub_function, ',')
        ) > 0

),

booked_rooms as (

    select distinct room_id from meetings

),

rooms as (

    select coalesce(meeting_rooms.room_id, booked_rooms.room_id) as room_id
    from meeting_rooms
    full outer join booked_rooms
        on meeting_rooms.room_id = booked_rooms.room_id

),

uses as (

    select
        meetings.room_id,
        meetings.month,
        count(*) as meeting_count,
        sum(coalesce(meetings.attendee_count, 0)) as attendee_count,
        sum(coalesce(meetings.length_min, 0)) as length_min,
        count(distinct case when days.is_workday then meetings.meeting_date end)
            as workdays_used,
        sum(case when meetings.is_overlapping then 1 else 0 end) as overlapping_count
    from meetings
    left join stg_reference__calendar as days
        on meetings.meeting_date = days.calendar_date
    group by meetings.room_id, meetings.month

),

workdays as (

    select month, count(*) as workdays
    from stg_reference__calendar
    where is_workday
    group by month

),

described as (

    select
        rooms.room_id,
        months.month,
        registered.organization_id,
        registered.building_id,
        case
            when months.placed_count = 0 then 'no_room_in_bookings'
            when workdays.workdays is null then 'no_calendar'
        end as use_reason,
        registered.usable_m2,
        case
            when months.placed_count > 0 then coalesce(uses.meeting_count, 0)
        end as meeting_count,
        case
            when months.placed_count > 0 then coalesce(uses.attendee_count, 0)
        end as attendee_count,
        case
            when months.placed_count > 0 then coalesce(uses.length_min, 0)
        end as length_min,
        case
            when months.placed_count > 0 then coalesce(uses.workdays_used, 0)
        end as workdays_used,
        case
            when months.placed_count > 0 then workdays.workdays
        end as workdays,
        case
            when months.placed_count > 0 then coalesce(uses.overlapping_count, 0)
        end as overlapping_count,
        registered.room_id is not null as has_room,
        months.month_end_date
    from rooms
    cross join months
    left join stg_office__room as registered
        on rooms.room_id = registered.room_id
    left join uses
        on rooms.room_id = uses.room_id and months.month = uses.month
    left join workdays
        on months.month = workdays.month

)

select
    described.room_id,
    described.month,
    described.organization_id,
    described.building_id,
    coalesce(
        region_changes.new_code,
        buildings.region_code,
        organizations.region_code
    ) as region_code,
    described.use_reason,
    described.usable_m2,
    described.meeting_count,
    described.attendee_count,
    described.length_min,
    described.workdays_used,
    described.workdays,
    described.overlapping_count,
    described.has_room
from described
left join stg_office__building as buildings
    on described.building_id = buildings.building_id
left join stg_reference__region_change as region_changes
    on buildings.region_code = region_changes.old_code
left join int_organizations_dated as organizations
    on
        described.organization_id = organizations.organization_id
        and described.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
