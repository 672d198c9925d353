-- severity: error
-- purpose: what the forms say and what the mart holds is the same total, carrier by carrier and year by year
with

form_totals as (

    select
        year,
        sum(coalesce(electricity_kwh, 0)) as electricity,
        sum(coalesce(water_m3, 0)) as water,
        sum(coalesce(raw_coal_kg, 0)) as raw_coal,
        sum(coalesce(natural_gas_m3, 0)) as natural_gas,
        sum(coalesce(petrol_l, 0)) as gasoline_litre,
        sum(coalesce(diesel_l, 0)) as diesel_litre,
        sum(coalesce(lpg_kg, 0)) as lpg,
        sum(coalesce(heat_gj, 0)) as heat,
        sum(coalesce(other_energy_kgce, 0)) as other_energy
    from stg_energy__monthly
    group by year

),

form_carriers as (

    select
        year,
        'electricity' as carrier,
        'kWh' as unit,
        electricity as quantity
    from form_totals
    union all
    select year, 'water', 'm3', water from form_totals
    union all
    select year, 'raw_coal', 'kg', raw_coal from form_totals
    union all
    select year, 'natural_gas', 'm3', natural_gas from form_totals
    union all
    select year, 'gasoline_litre', 'L', gasoline_litre from form_totals
    union all
    select year, 'diesel_litre', 'L', diesel_litre from form_totals
    union all
    select year, 'lpg', 'kg', lpg from form_totals
    union all
    select year, 'heat', 'GJ', heat from form_totals
    union all
    select year, 'other_energy', 'kgce', other_energy from form_totals

),

mart_carriers as (

    select year, carrier, unit, sum(quantity) as quantity
    from energy_month
    group by year, carrier, unit

)

select
    form_carriers.year,
    form_carriers.carrier,
    form_carriers.quantity as form_quantity,
    coalesce(mart_carriers.quantity, 0) as mart_quantity
from form_carriers
left join mart_carriers
    on
        form_carriers.year = mart_carriers.year
        and form_carriers.carrier = mart_carriers.carrier
        and form_carriers.unit = mart_carriers.unit
where form_carriers.quantity <> coalesce(mart_carriers.quantity, 0)
