-- severity: error
-- purpose: every reading is counted once, and a month's use is the sum of its readings and repairs
with

read as (

    select month, count(*) as interval_count, sum(quantity) as quantity
    from energy.reading
    group by month

),

metered as (

    select
        month,
        sum(interval_count) as interval_count,
        sum(quantity - repaired_quantity) as quantity
    from meter_month
    group by month

)

select
    read.month,
    read.interval_count,
    metered.interval_count as metered_interval_count,
    read.quantity,
    metered.quantity as metered_quantity
from read
left join metered
    on read.month = metered.month
where
    metered.month is null
    or read.interval_count <> metered.interval_count
    or read.quantity <> metered.quantity
