-- grain: meter_id, read_at
-- purpose: negative intervals and what they mean. As small as a real interval it corrects an
-- earlier one and counts as it stands. Where a whole turn of the register makes it no more than what
-- the missing intervals could hold, the register rolled over and the turn is added. Anything else
-- is a register that was reset or a meter that was replaced: the use before it is unknown, and none
-- is counted. repaired_quantity is what the repair adds to the interval as delivered.
-- unit: one_interval count
with

negatives as (

    select meter_id, month, quantity, 1 as one_interval, read_at
    from stg_energy__reading
    where quantity < 0

),

judged as (

    select
        negatives.meter_id,
        negatives.month,
        negatives.quantity,
        registers.register_span,
        case
            when -negatives.quantity <= months.most_quantity then 'correction'
            when
                negatives.quantity + registers.register_span between 0
                and months.most_quantity
                * (months.expected_intervals - months.interval_count + 1)
                / negatives.one_interval
                then 'rollover'
            else 'reset'
        end as kind,
        negatives.read_at
    from negatives
    inner join int_readings_summed as months
        on
            negatives.meter_id = months.meter_id
            and negatives.month = months.month
    left join int_registers_spanned as registers
        on negatives.meter_id = registers.meter_id

)

select
    meter_id,
    month,
    kind,
    cast(
        case kind
            when 'rollover' then register_span
            when 'reset' then -quantity
            else 0
        end as decimal(18, 4)
    ) as repaired_quantity,
    read_at
from judged
