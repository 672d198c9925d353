-- severity: error
-- purpose: meetings and their cost are all here
with

source as (

    select count(*) as meeting_count, coalesce(sum(cost_yuan), 0) as cost_yuan
    from stg_service__meeting

),

mart as (

    select
        coalesce(sum(meeting_count), 0) as meeting_count,
        coalesce(sum(cost_yuan), 0) as cost_yuan
    from meeting_month

)

select
    source.meeting_count as source_meeting_count,
    mart.meeting_count,
    source.cost_yuan as source_cost_yuan,
    mart.cost_yuan
from source
cross join mart
where source.meeting_count <> mart.meeting_count or source.cost_yuan <> mart.cost_yuan
