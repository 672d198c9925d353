-- grain: meter_id, month
-- purpose: use between the first and the last register of a month, by the registers and by the
-- intervals between them; a lower last register has rolled over once.
-- A month with a reset has nothing to compare
with

registers as (

    select
        meter_id,
        month,
        first_value(register_value order by read_at asc) as first_register,
        first_value(register_value order by read_at desc) as last_register,
        min(read_at) as first_read_at,
        max(read_at) as last_read_at
    from stg_energy__reading
    where register_value is not null
    group by meter_id, month

),

between_registers as (

    select
        registers.meter_id,
        registers.month,
        sum(readings.quantity + coalesce(judged.repaired_quantity, 0))
            as interval_quantity,
        sum(case when judged.kind = 'reset' then 1 else 0 end) as reset_intervals
    from registers
    inner join stg_energy__reading as readings
        on
            registers.meter_id = readings.meter_id
            and registers.month = readings.month
            and registers.first_read_at < readings.read_at
            and registers.last_read_at >= readings.read_at
    left join int_readings_judged as judged
        on
            readings.meter_id = judged.meter_id
            and readings.read_at = judged.read_at
    group by registers.meter_id, registers.month

)

select
    registers.meter_id,
    registers.month,
    cast(
        (registers.last_register - registers.first_register) * meters.multiplier
        + case
            when registers.last_register < registers.first_register
                then spans.register_span
            else 0
        end as decimal(18, 4)
    ) as register_quantity,
    cast(between_registers.interval_quantity as decimal(18, 4)) as interval_quantity
from registers
inner join between_registers
    on
        registers.meter_id = between_registers.meter_id
        and registers.month = between_registers.month
inner join stg_energy__meter as meters
    on registers.meter_id = meters.meter_id
inner join int_registers_spanned as spans
    on registers.meter_id = spans.meter_id
where between_registers.reset_intervals = 0
