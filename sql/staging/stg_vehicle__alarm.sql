-- grain: alarm_id
-- purpose: alarms of the platform with the day in the city and whether somebody has explained them
select
    alarm_id,
    vehicle_id,
    alarm_class,
    coalesce(outcome in ('explained', 'false_alarm'), false) as is_explained,
    cast(raised_at at time zone 'Asia/Shanghai' as date) as raised_date
from vehicle.alarm
