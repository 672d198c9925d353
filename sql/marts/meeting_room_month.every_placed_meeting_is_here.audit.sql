-- severity: error
-- purpose: every meeting whose booking names a room is counted in one
with

source as (

    select count(*) as meeting_count from stg_service__meeting where room_id is not null

),

mart as (

    select coalesce(sum(meeting_count), 0) as meeting_count from meeting_room_month

)

select source.meeting_count as source_meeting_count, mart.meeting_count
from source
cross join mart
where source.meeting_count <> mart.meeting_count
