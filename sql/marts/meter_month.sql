-- grain: month, meter_id
-- purpose: use of each meter in a month by its interval readings, with what is missing, estimated or
-- repaired; a meter in service that nobody read has a row and a reason
with

months as (

    select month from stg_energy__reading group by month

),

meters as (

    select
        meter_id,
        account_id,
        organization_id,
        building_id,
        parent_meter_id,
        carrier,
        unit,
        item,
        installed_date,
        removed_date
    from stg_energy__meter

),

in_service as (

    select meters.meter_id, months.month
    from months
    inner join meters
        on
            cast(
                cast(concat(months.month, '-01') as date)
                + interval '1 month' - interval '1 day' as date
            ) >= meters.installed_date
            and cast(concat(months.month, '-01') as date) <= meters.removed_date

),

matched as (

    select
        coalesce(in_service.month, summed.month) as month,
        coalesce(in_service.meter_id, summed.meter_id) as meter_id,
        case when summed.meter_id is null then 'no_readings' end as reason,
        coalesce(summed.interval_count, 0) as interval_count,
        summed.intervals_per_day,
        summed.expected_intervals,
        summed.days_without_readings,
        coalesce(summed.zero_intervals, 0) as zero_intervals,
        coalesce(summed.estimated_intervals, 0) as estimated_intervals,
        summed.quantity
    from in_service
    full outer join int_readings_summed as summed
        on
            in_service.meter_id = summed.meter_id
            and in_service.month = summed.month

),

repaired as (

    select
        meter_id,
        month,
        sum(case when kind = 'correction' then 1 else 0 end) as correction_intervals,
        sum(case when kind = 'rollover' then 1 else 0 end) as rollover_intervals,
        sum(case when kind = 'reset' then 1 else 0 end) as reset_intervals,
        sum(repaired_quantity) as repaired_quantity
    from int_readings_judged
    group by meter_id, month

)

select
    matched.month,
    matched.meter_id,
    meters.organization_id,
    meters.account_id,
    meters.building_id,
    meters.parent_meter_id,
    meters.carrier,
    meters.unit,
    meters.item,
    matched.reason,
    cast(substr(matched.month, 1, 4) as bigint) as year,
    matched.interval_count,
    matched.intervals_per_day,
    matched.expected_intervals,
    matched.expected_intervals - matched.interval_count as missing_intervals,
    matched.days_without_readings,
    matched.zero_intervals,
    matched.estimated_intervals,
    coalesce(repaired.correction_intervals, 0) as correction_intervals,
    coalesce(repaired.rollover_intervals, 0) as rollover_intervals,
    coalesce(repaired.reset_intervals, 0) as reset_intervals,
    cast(
        matched.quantity + coalesce(repaired.repaired_quantity, 0) as decimal(18, 4)
    ) as quantity,
    case
        when matched.quantity is not null
            then cast(coalesce(repaired.repaired_quantity, 0) as decimal(18, 4))
    end as repaired_quantity,
    registers.register_quantity,
    registers.interval_quantity as register_interval_quantity,
    coalesce(
        matched.interval_count = matched.expected_intervals
        and coalesce(repaired.reset_intervals, 0) = 0,
        false
    ) as is_complete
from matched
left join meters
    on matched.meter_id = meters.meter_id
left join repaired
    on
        matched.meter_id = repaired.meter_id
        and matched.month = repaired.month
left join int_registers_compared as registers
    on
        matched.meter_id = registers.meter_id
        and matched.month = registers.month
