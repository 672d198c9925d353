-- grain: meter_id, month
-- purpose: readings of a meter in a month. The fullest day tells how many intervals a day has; a month
-- is expected to hold them on every day from the installation to the removal, up to the last day on
-- which any meter was read. Everything comes from the readings of the month itself.
-- unit: intervals_per_day count/d, days_read d
with

days as (

    select
        meter_id,
        month,
        read_date,
        count(*) as interval_count,
        sum(quantity) as quantity,
        max(quantity) as most_quantity,
        sum(case when quantity = 0 then 1 else 0 end) as zero_intervals,
        sum(case when quality = 'measured' then 0 else 1 end) as estimated_intervals
    from stg_energy__reading
    group by meter_id, month, read_date

),

months as (

    select
        meter_id,
        month,
        sum(interval_count) as interval_count,
        max(interval_count) as intervals_per_day,
        count(*) as days_read,
        cast(sum(quantity) as decimal(18, 4)) as quantity,
        max(most_quantity) as most_quantity,
        sum(zero_intervals) as zero_intervals,
        sum(estimated_intervals) as estimated_intervals,
        max(read_date) as last_read_date
    from days
    group by meter_id, month

),

reached as (

    select
        meter_id,
        month,
        interval_count,
        intervals_per_day,
        days_read,
        quantity,
        most_quantity,
        zero_intervals,
        estimated_intervals,
        cast(concat(month, '-01') as date) as month_start_date,
        max(last_read_date) over (partition by month) as reached_date
    from months

),

served as (

    select
        reached.meter_id,
        reached.month,
        reached.interval_count,
        reached.intervals_per_day,
        reached.days_read,
        reached.quantity,
        reached.most_quantity,
        reached.zero_intervals,
        reached.estimated_intervals,
        cast(
            least(
                reached.reached_date,
                coalesce(meters.removed_date, reached.reached_date)
            )
            - greatest(
                reached.month_start_date,
                coalesce(meters.installed_date, reached.month_start_date)
            ) + 1
            as bigint
        ) as days_served
    from reached
    left join stg_energy__meter as meters
        on reached.meter_id = meters.meter_id

)

select
    meter_id,
    month,
    interval_count,
    intervals_per_day,
    greatest(intervals_per_day * days_served, interval_count) as expected_intervals,
    greatest(days_served - days_read, 0) as days_without_readings,
    zero_intervals,
    estimated_intervals,
    quantity,
    most_quantity
from served
