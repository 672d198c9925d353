-- severity: error
-- purpose: electricity of machine rooms and electricity, gas and heat of heating are those of the forms
with

forms as (

    select
        year,
        sum(coalesce(data_centre_electricity_kwh, 0)) as data_centre_kwh,
        sum(coalesce(heating_electricity_kwh, 0)) as heating_kwh,
        sum(coalesce(heating_natural_gas_m3, 0)) as heating_gas_m3,
        sum(coalesce(heating_heat_gj, 0)) as heating_gj
    from stg_energy__monthly
    group by year

),

form_parts as (

    select
        year,
        'data_centre' as part,
        'electricity' as carrier,
        'kWh' as unit,
        data_centre_kwh as quantity
    from forms
    union all
    select year, 'heating', 'electricity', 'kWh', heating_kwh from forms
    union all
    select year, 'heating', 'natural_gas', 'm3', heating_gas_m3 from forms
    union all
    select year, 'heating', 'heat', 'GJ', heating_gj from forms

),

parts as (

    select year, part, carrier, unit, sum(quantity) as quantity
    from energy_part_month
    group by year, part, carrier, unit

)

select
    form_parts.year,
    form_parts.part,
    form_parts.carrier,
    form_parts.quantity as form_quantity,
    coalesce(parts.quantity, 0) as mart_quantity
from form_parts
left join parts
    on
        form_parts.year = parts.year
        and form_parts.part = parts.part
        and form_parts.carrier = parts.carrier
        and form_parts.unit = parts.unit
where form_parts.quantity <> coalesce(parts.quantity, 0)
