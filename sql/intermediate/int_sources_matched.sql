-- grain: organization_id, month, carrier
-- purpose: what form, bills and meters say of a carrier, in the unit of the form, else of the bills,
-- else of the meters; a source in another unit, or in several, is there and not compared
with

forms as (

    select organization_id, month, pv_self_used_kwh as self_used_quantity
    from stg_energy__monthly

),

sources as (

    select
        organization_id,
        month,
        carrier,
        unit,
        'form' as source_kind,
        quantity,
        cost_yuan,
        cast(null as bigint) as missing_intervals
    from int_carriers_unpivoted
    union all
    select
        organization_id,
        month,
        carrier,
        unit,
        'bill',
        quantity,
        cost_yuan,
        cast(null as bigint)
    from int_bills_shared
    union all
    select
        organization_id,
        month,
        carrier,
        unit,
        'meter',
        quantity,
        cast(null as decimal(18, 2)),
        missing_intervals
    from int_meters_netted

),

summed as (

    select
        organization_id,
        month,
        carrier,
        max(case when source_kind = 'form' then unit end) as form_unit,
        min(case when source_kind = 'bill' then unit end) as lowest_bill_unit,
        max(case when source_kind = 'bill' then unit end) as bill_unit,
        min(case when source_kind = 'meter' then unit end) as lowest_meter_unit,
        max(case when source_kind = 'meter' then unit end) as meter_unit,
        sum(case when source_kind = 'form' then quantity end) as form_quantity,
        sum(case when source_kind = 'bill' then quantity end) as bill_quantity,
        sum(case when source_kind = 'meter' then quantity end) as meter_quantity,
        sum(case when source_kind = 'form' then cost_yuan end) as form_cost_yuan,
        sum(case when source_kind = 'bill' then cost_yuan end) as bill_cost_yuan,
        sum(missing_intervals) as meter_missing_intervals
    from sources
    group by organization_id, month, carrier

),

matched as (

    select
        organization_id,
        month,
        carrier,
        coalesce(form_unit, bill_unit, meter_unit) as unit,
        form_quantity,
        case
            when
                lowest_bill_unit = bill_unit
                and bill_unit = coalesce(form_unit, bill_unit)
                then bill_quantity
        end as bill_quantity,
        case
            when
                lowest_meter_unit = meter_unit
                and meter_unit = coalesce(form_unit, bill_unit, meter_unit)
                then meter_quantity
        end as meter_quantity,
        form_cost_yuan,
        bill_cost_yuan,
        meter_missing_intervals,
        bill_unit is not null as has_bill,
        meter_unit is not null as has_meter
    from summed

)

select
    matched.organization_id,
    matched.month,
    matched.carrier,
    matched.unit,
    cast(matched.form_quantity as decimal(18, 4)) as form_quantity,
    cast(matched.bill_quantity as decimal(18, 4)) as bill_quantity,
    cast(matched.meter_quantity as decimal(18, 4)) as meter_quantity,
    cast(
        case
            when matched.carrier = 'electricity'
                then coalesce(forms.self_used_quantity, 0)
            else 0
        end as decimal(18, 4)
    ) as self_used_quantity,
    cast(matched.form_cost_yuan as decimal(18, 2)) as form_cost_yuan,
    cast(matched.bill_cost_yuan as decimal(18, 2)) as bill_cost_yuan,
    matched.meter_missing_intervals,
    matched.has_bill,
    matched.has_meter,
    cast(
        cast(concat(matched.month, '-01') as date)
        + interval '1 month' - interval '1 day' as date
    ) as month_end_date
from matched
left join forms
    on
        matched.organization_id = forms.organization_id
        and matched.month = forms.month
