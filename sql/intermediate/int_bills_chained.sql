-- grain: rule, bill_id
-- purpose: candidates of the rules register_break and bill_overlap: each bill against the bill of the
-- account before it. A register that begins elsewhere than the last one ended means a bill that is
-- missing, or a meter that was changed without its two readings.
with

chained as (

    select
        bill_id,
        account_id,
        organization_id,
        carrier,
        month,
        unit,
        year,
        quantity,
        previous_register,
        from_date,
        to_date,
        month_end_date,
        lag(current_register) over (
            partition by account_id, unit
            order by coalesce(from_date, month_end_date), bill_id
        ) as last_register,
        lag(to_date) over (
            partition by account_id
            order by coalesce(from_date, month_end_date), bill_id
        ) as last_to_date
    from stg_energy__bill
    where account_id is not null

),

judged as (

    select
        bill_id,
        account_id,
        organization_id,
        carrier,
        month,
        unit,
        year,
        previous_register,
        last_register,
        cast(last_to_date - from_date + 1 as bigint) as overlap_days,
        cast(to_date - from_date + 1 as bigint) as billed_days,
        quantity,
        month_end_date
    from chained
    where previous_register <> last_register or from_date <= last_to_date

)

select
    unit,
    'register_break' as rule,
    carrier as rule_item,
    carrier,
    organization_id,
    month as period,
    concat_ws(':', carrier, account_id, bill_id) as item,
    'register_of_last_bill' as basis,
    year,
    cast(1 as bigint) as months,
    previous_register as value,
    last_register as expectation,
    cast(abs(previous_register - last_register) as decimal(18, 4)) as difference,
    unit as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    month_end_date as period_end_date,
    bill_id
from judged
where previous_register <> last_register
union all
select
    'd',
    'bill_overlap',
    carrier as rule_item,
    carrier,
    organization_id,
    month,
    concat_ws(':', carrier, account_id, bill_id),
    'day_after_last_bill',
    year,
    cast(1 as bigint),
    cast(overlap_days as decimal(18, 4)),
    cast(0 as decimal(18, 4)),
    cast(
        cast(abs(quantity) as decimal(24, 8)) * least(overlap_days, billed_days)
        / billed_days as decimal(18, 4)
    ),
    unit as difference_unit,
    cast(null as decimal(18, 2)),
    month_end_date,
    bill_id
from judged
where overlap_days > 0 and billed_days > 0
