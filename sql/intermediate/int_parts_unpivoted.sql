-- grain: organization_id, month, part, carrier
-- purpose: what machine rooms (base form 3) and heating (base form 4) used of each carrier: parts of what
-- the organisation used, never added to it
with

forms as (

    select
        organization_id,
        month,
        year,
        data_centre_electricity_kwh,
        heating_electricity_kwh,
        heating_water_m3,
        heating_raw_coal_kg,
        heating_natural_gas_m3,
        heating_diesel_l,
        heating_heat_gj,
        heating_other_energy_kgce,
        month_end_date
    from stg_energy__monthly

),

parts as (

    select
        organization_id,
        month,
        year,
        'data_centre' as part,
        'electricity' as carrier,
        'kWh' as unit,
        data_centre_electricity_kwh as quantity,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'electricity',
        'kWh',
        heating_electricity_kwh,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'water',
        'm3',
        heating_water_m3,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'raw_coal',
        'kg',
        heating_raw_coal_kg,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'natural_gas',
        'm3',
        heating_natural_gas_m3,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'diesel_litre',
        'L',
        heating_diesel_l,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'heat',
        'GJ',
        heating_heat_gj,
        month_end_date
    from forms
    union all
    select
        organization_id,
        month,
        year,
        'heating',
        'other_energy',
        'kgce',
        heating_other_energy_kgce,
        month_end_date
    from forms

)

select
    organization_id,
    month,
    part,
    carrier,
    unit,
    year,
    quantity,
    month_end_date
from parts
where quantity <> 0
