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
            partition by account_id
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

),

rules as (

    select 'register_break' as rule
    union all
    select 'bill_overlap'

)

select
    rules.rule,
    judged.carrier as rule_item,
    judged.carrier,
    judged.organization_id,
    judged.month as period,
    concat_ws(':', judged.carrier, judged.account_id, judged.bill_id) as item,
    case when rules.rule = 'register_break' then judged.unit else 'd' end as unit,
    case
        when rules.rule = 'register_break' then 'register_of_last_bill'
        else 'day_after_last_bill'
    end as basis,
    judged.year,
    cast(1 as bigint) as months,
    case
        when rules.rule = 'register_break' then judged.previous_register
        else cast(judged.overlap_days as decimal(18, 4))
    end as value,
    case
        when rules.rule = 'register_break' then judged.last_register
        else cast(0 as decimal(18, 4))
    end as expectation,
    case
        when rules.rule = 'register_break'
            then cast(abs(judged.previous_register - judged.last_register) as decimal(18, 4))
        else
            cast(
                cast(abs(judged.quantity) as decimal(24, 8))
                * least(judged.overlap_days, judged.billed_days)
                / judged.billed_days as decimal(18, 4)
            )
    end as difference,
    cast(null as decimal(18, 2)) as difference_yuan,
    judged.month_end_date as period_end_date,
    judged.bill_id
from judged
cross join rules
where
    (
        rules.rule = 'register_break'
        and judged.previous_register <> judged.last_register
    )
    or (
        rules.rule = 'bill_overlap'
        and judged.overlap_days > 0
        and judged.billed_days > 0
    )
