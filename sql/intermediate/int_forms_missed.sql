-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules missing_form and vehicles_without_fuel. What a missing month
-- weighs is the mean energy of the months the organisation reported in the year.
-- unit: missed_months month, value count, expectation count, difference kgce
with

missing as (

    select organization_id, month, year, cast(1 as bigint) as missed_months
    from reporting_month
    where is_missing

),

reported as (

    select organization_id, year, months_reported, energy_kgce from intensity_year

),

vehicles as (

    select
        organization_id,
        year,
        count(*) as months,
        max(vehicle_count) as vehicle_count,
        min(coalesce(vehicle_count, 0)) as least_vehicle_count,
        sum(coalesce(petrol_l, 0) + coalesce(diesel_l, 0)) as fuel_l,
        max(coalesce(nev_count, 0)) as nev_count,
        max(month_end_date) as period_end_date
    from stg_energy__monthly_part
    group by organization_id, year

)

select
    'missing_form' as rule,
    'all' as rule_item,
    'energy' as carrier,
    missing.organization_id,
    missing.month as period,
    'form' as item,
    'count' as unit,
    'register' as basis,
    missing.year,
    missing.missed_months as months,
    cast(0 as decimal(18, 4)) as value,
    cast(1 as decimal(18, 4)) as expectation,
    cast(
        cast(reported.energy_kgce as decimal(30, 12))
        * missing.missed_months / reported.months_reported
        as decimal(18, 4)
    ) as difference,
    'kgce' as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    cast(
        cast(concat(missing.month, '-01') as date)
        + interval '1 month' - interval '1 day' as date
    ) as period_end_date
from missing
left join reported
    on
        missing.organization_id = reported.organization_id
        and missing.year = reported.year
union all
select
    'vehicles_without_fuel',
    'vehicle_count',
    null,
    organization_id,
    cast(year as varchar),
    'vehicle_count',
    'count',
    'fuel_or_new_energy',
    year,
    months,
    cast(vehicle_count as decimal(18, 4)),
    cast(0 as decimal(18, 4)) as expectation,
    cast(null as decimal(18, 4)) as difference,
    'kgce',
    null,
    period_end_date
from vehicles
where least_vehicle_count > 0 and fuel_l = 0 and nev_count = 0
