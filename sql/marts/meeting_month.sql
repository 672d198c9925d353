-- grain: organization_id, meeting_class, month
-- purpose: meetings an organisation held in a month by class: how many, by video, people, length, cost
with

meetings as (

    select
        organization_id,
        meeting_class,
        month,
        month_end_date,
        count(*) as meeting_count,
        sum(case when is_online then 1 else 0 end) as online_count,
        sum(coalesce(attendee_count, 0)) as attendee_count,
        sum(coalesce(length_min, 0)) as length_min,
        sum(coalesce(cost_yuan, 0)) as cost_yuan,
        sum(
            case when cost_yuan is not null then coalesce(attendee_count, 0) else 0 end
        ) as costed_attendee_count,
        sum(case when cost_yuan is null then 1 else 0 end) as uncosted_count,
        sum(case when ended_at is null then 1 else 0 end) as unended_count,
        sum(case when room_id is null and not is_online then 1 else 0 end)
            as roomless_count
    from stg_service__meeting
    group by organization_id, meeting_class, month, month_end_date

)

select
    meetings.organization_id,
    meetings.meeting_class,
    meetings.month,
    organizations.region_code,
    meetings.meeting_count,
    meetings.online_count,
    meetings.attendee_count,
    meetings.length_min,
    meetings.cost_yuan,
    meetings.costed_attendee_count,
    meetings.uncosted_count,
    meetings.unended_count,
    meetings.roomless_count
from meetings
left join int_organizations_dated as organizations
    on
        meetings.organization_id = organizations.organization_id
        and meetings.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
