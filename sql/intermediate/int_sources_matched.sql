-- grain: organization_id, month, carrier
-- purpose: what form, bills and meters say of a carrier, in the unit of the form, else of the bills,
-- else of the meters; a source in another unit, or in several, is there and not compared
-- unit: missing_intervals count
with

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
        cast(null as bigint) as missing_intervals
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

by_unit as (

    select
        organization_id,
        month,
        carrier,
        unit,
        source_kind,
        sum(quantity) as quantity
    from sources
    group by organization_id, month, carrier, unit, source_kind

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
        sum(case when source_kind = 'form' then cost_yuan end) as form_cost_yuan,
        sum(case when source_kind = 'bill' then cost_yuan end) as bill_cost_yuan,
        sum(missing_intervals) as meter_missing_intervals
    from sources
    group by organization_id, month, carrier

),

chosen as (

    select
        organization_id,
        month,
        carrier,
        coalesce(form_unit, bill_unit, meter_unit) as unit,
        coalesce(lowest_bill_unit = bill_unit, false) as has_one_bill_unit,
        coalesce(lowest_meter_unit = meter_unit, false) as has_one_meter_unit,
        form_cost_yuan,
        bill_cost_yuan,
        meter_missing_intervals,
        bill_unit is not null as has_bill,
        meter_unit is not null as has_meter
    from summed

),

matched as (

    select
        chosen.organization_id,
        chosen.month,
        chosen.carrier,
        chosen.unit,
        forms.quantity as form_quantity,
        bills.quantity as bill_quantity,
        meters.quantity as meter_quantity,
        chosen.form_cost_yuan,
        chosen.bill_cost_yuan,
        chosen.meter_missing_intervals,
        chosen.has_bill,
        chosen.has_meter
    from chosen
    left join by_unit as forms
        on
            chosen.organization_id = forms.organization_id
            and chosen.month = forms.month
            and chosen.carrier = forms.carrier
            and chosen.unit = forms.unit
            and forms.source_kind = 'form'
    left join by_unit as bills
        on
            chosen.organization_id = bills.organization_id
            and chosen.month = bills.month
            and chosen.carrier = bills.carrier
            and chosen.unit = bills.unit
            and chosen.has_one_bill_unit
            and bills.source_kind = 'bill'
    left join by_unit as meters
        on
            chosen.organization_id = meters.organization_id
            and chosen.month = meters.month
            and chosen.carrier = meters.carrier
            and chosen.unit = meters.unit
            and chosen.has_one_meter_unit
            and meters.source_kind = 'meter'

),

-- Electricity of the own roof goes to what is counted in kWh; no other row has any.
self_used as (

    select
        'kWh' as unit,
        matched.organization_id,
        matched.month,
        matched.carrier,
        coalesce(stg_energy__monthly.pv_self_used_kwh, 0) as quantity
    from matched
    left join stg_energy__monthly
        on
            matched.organization_id = stg_energy__monthly.organization_id
            and matched.month = stg_energy__monthly.month
    where matched.carrier = 'electricity' and matched.unit = 'kWh'
    union all
    select unit, organization_id, month, carrier, 0 as quantity
    from matched
    where carrier <> 'electricity' or unit <> 'kWh'

)

select
    matched.organization_id,
    matched.month,
    matched.carrier,
    matched.unit,
    cast(matched.form_quantity as decimal(18, 4)) as form_quantity,
    cast(matched.bill_quantity as decimal(18, 4)) as bill_quantity,
    cast(matched.meter_quantity as decimal(18, 4)) as meter_quantity,
    cast(self_used.quantity as decimal(18, 4)) as self_used_quantity,
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
inner join self_used
    on
        matched.organization_id = self_used.organization_id
        and matched.month = self_used.month
        and matched.carrier = self_used.carrier
        and matched.unit = self_used.unit
