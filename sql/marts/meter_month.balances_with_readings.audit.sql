-- severity: error
-- purpose: every reading is counted once, and a month's use is the sum of its readings and repairs
with

read as (

    select month, meter_id, count(*) as interval_count, sum(quantity) as quantity
    from energy.reading
    group by month, meter_id

),

metered as (

    select
        month,
        meter_id,
        sum(interval_count) as interval_count,
        sum(quantity - repaired_quantity) as quantity
    from meter_month
    group by month, meter_id

)

select
    read.month,
    read.meter_id,
    read.interval_count,
    metered.interval_count as metered_interval_count,
    read.quantity,
    metered.quantity as metered_quantity
from read
left join metered
    on
        read.month = metered.month
        and read.meter_id = metered.meter_id
where
    metered.month is null
    or read.interval_count <> metered.interval_count
    or read.quantity <> metered.quantity
