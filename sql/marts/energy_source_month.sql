-- grain: organization_id, month, carrier
-- purpose: what form, bills and meters say of one organisation's carrier in a month, which of them is
-- declared to count, and how far the others are from it
with

declarations as (

    select organization_id, carrier, counted_source, grade, from_date, to_date
    from stg_reference__energy_source

),

matched as (

    select
        matched.organization_id,
        matched.month,
        matched.carrier,
        coalesce(
            nearest.counted_source,
            of_organization.counted_source,
            of_carrier.counted_source,
            of_all.counted_source
        ) as counted_source,
        coalesce(
            nearest.grade, of_organization.grade, of_carrier.grade, of_all.grade
        ) as declaration_grade,
        matched.unit,
        matched.form_quantity,
        matched.bill_quantity,
        matched.meter_quantity,
        matched.self_used_quantity,
        matched.form_cost_yuan,
        matched.bill_cost_yuan,
        matched.meter_missing_intervals,
        matched.has_bill,
        matched.has_meter,
        matched.month_end_date
    from int_sources_matched as matched
    left join declarations as nearest
        on
            matched.organization_id = nearest.organization_id
            and matched.carrier = nearest.carrier
            and matched.month_end_date between nearest.from_date
            and nearest.to_date
    left join declarations as of_organization
        on
            matched.organization_id = of_organization.organization_id
            and of_organization.carrier = 'all'
            and matched.month_end_date between of_organization.from_date
            and of_organization.to_date
    left join declarations as of_carrier
        on
            matched.carrier = of_carrier.carrier
            and of_carrier.organization_id = 'all'
            and matched.month_end_date between of_carrier.from_date
            and of_carrier.to_date
    left join declarations as of_all
        on
            of_all.organization_id = 'all'
            and of_all.carrier = 'all'
            and matched.month_end_date between of_all.from_date and of_all.to_date

),

organizations as (

    select organization_id, region_code, class_code, holds_from_date, holds_to_date
    from int_organizations_dated

),

coefficients as (

    select carrier, unit, kgce_per_unit, from_date, to_date
    from int_coefficients_chosen

),

counted as (

    select
        matched.organization_id,
        matched.month,
        matched.carrier,
        organizations.region_code,
        organizations.class_code,
        matched.counted_source,
        matched.declaration_grade,
        matched.unit,
        matched.form_quantity,
        matched.bill_quantity,
        matched.meter_quantity,
        matched.self_used_quantity,
        matched.bill_quantity + matched.self_used_quantity as bill_used_quantity,
        matched.meter_quantity + matched.self_used_quantity as meter_used_quantity,
        case matched.counted_source
            when 'form' then matched.form_quantity
            when 'bill' then matched.bill_quantity + matched.self_used_quantity
            when 'meter' then matched.meter_quantity + matched.self_used_quantity
        end as counted_quantity,
        coefficients.kgce_per_unit,
        matched.form_cost_yuan,
        matched.bill_cost_yuan,
        case
            when matched.counted_source = 'bill' then matched.bill_cost_yuan
            when matched.counted_source in ('form', 'meter')
                then matched.form_cost_yuan
        end as counted_cost_yuan,
        matched.meter_missing_intervals,
        case matched.counted_source
            when 'bill' then matched.has_bill
            when 'meter' then matched.has_meter
        end as has_counted_source
    from matched
    left join organizations
        on
            matched.organization_id = organizations.organization_id
            and matched.month_end_date between organizations.holds_from_date
            and organizations.holds_to_date
    left join coefficients
        on
            matched.carrier = coefficients.carrier
            and matched.unit = coefficients.unit
            and matched.month_end_date between coefficients.from_date
            and coefficients.to_date

)

select
    organization_id,
    month,
    carrier,
    region_code,
    class_code,
    counted_source,
    declaration_grade,
    case
        when counted_source is null then 'not_declared'
        when counted_quantity is not null then null
        when has_counted_source then 'unit_differs'
        else concat('no_', counted_source)
    end as reason,
    unit,
    cast(substr(month, 1, 4) as bigint) as year,
    form_quantity,
    bill_quantity,
    meter_quantity,
    self_used_quantity,
    cast(counted_quantity as decimal(18, 4)) as counted_quantity,
    case
        when counted_quantity is null then null
        when carrier = 'water' then cast(0 as decimal(18, 4))
        else cast(counted_quantity * kgce_per_unit as decimal(18, 4))
    end as counted_energy_kgce,
    cast(
        cast((form_quantity - counted_quantity) * 100 as decimal(34, 12))
        / nullif(counted_quantity, 0) as decimal(24, 4)
    ) as form_difference_pct,
    cast(
        cast((bill_used_quantity - counted_quantity) * 100 as decimal(34, 12))
        / nullif(counted_quantity, 0) as decimal(24, 4)
    ) as bill_difference_pct,
    cast(
        cast((meter_used_quantity - counted_quantity) * 100 as decimal(34, 12))
        / nullif(counted_quantity, 0) as decimal(24, 4)
    ) as meter_difference_pct,
    meter_missing_intervals,
    form_cost_yuan,
    bill_cost_yuan,
    counted_cost_yuan,
    cast(
        cast(nullif(form_cost_yuan, 0) as decimal(30, 12))
        / nullif(form_quantity - self_used_quantity, 0) as decimal(18, 4)
    ) as form_unit_price,
    cast(
        cast(nullif(bill_cost_yuan, 0) as decimal(30, 12))
        / nullif(bill_quantity, 0) as decimal(18, 4)
    ) as bill_unit_price
from counted
