-- severity: error
-- purpose: electricity bought is that of the forms less what was self-used, and nothing billed in a month
-- with a form is lost
with

sources as (

    select
        year,
        sum(form_quantity - self_used_quantity) as bought_kwh,
        sum(bill_quantity) as billed_kwh
    from energy_source_month
    where carrier = 'electricity' and unit = 'kWh' and form_quantity is not null
    group by year

),

covered as (

    select
        year,
        sum(electricity_bought_kwh) as bought_kwh,
        sum(electricity_billed_kwh) as billed_kwh
    from energy_coverage_month
    group by year

)

select
    sources.year,
    sources.bought_kwh,
    covered.bought_kwh as covered_bought_kwh,
    sources.billed_kwh,
    covered.billed_kwh as covered_billed_kwh
from sources
left join covered
    on sources.year = covered.year
where
    sources.bought_kwh <> coalesce(covered.bought_kwh, 0)
    or coalesce(sources.billed_kwh, 0) <> coalesce(covered.billed_kwh, 0)
