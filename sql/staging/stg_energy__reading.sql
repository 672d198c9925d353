-- grain: meter_id, read_at
-- purpose: use of each metering interval with the day of the city; registers are as read
select
    meter_id,
    month,
    coalesce(quality, 'measured') as quality,
    quantity,
    register_value,
    cast(read_at at time zone 'Asia/Shanghai' as date) as read_date,
    read_at
from energy.reading
