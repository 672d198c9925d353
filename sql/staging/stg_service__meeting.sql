-- grain: meeting_id
-- purpose: meetings with their day in the city and their length
select
    meeting_id,
    organization_id,
    room_id,
    month,
    coalesce(meeting_class, 'unstated') as meeting_class,
    attendee_count,
    cost_yuan,
    cast(date_part('epoch', ended_at) - date_part('epoch', started_at) as bigint) / 60
        as length_min,
    coalesce(is_online, false) as is_online,
    cast(started_at at time zone 'Asia/Shanghai' as date) as meeting_date,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date,
    started_at,
    ended_at
from service.meeting
