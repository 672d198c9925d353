-- grain: meter_id
-- purpose: what the register of a meter holds before it rolls over, in the unit of the meter; empty where
-- its digits are not known. A register counts ones of its unit: the unit of each meter gives it.
-- unit: one_kwh kWh, one_m3 m3, one_gj GJ, one_l L, one_kg kg
with

ones as (

    select
        1 as one_kwh,
        1 as one_m3,
        1 as one_gj,
        1 as one_l,
        1 as one_kg

),

units as (

    select 'kWh' as unit, one_kwh as one from ones
    union all
    select 'm3', one_m3 from ones
    union all
    select 'GJ', one_gj from ones
    union all
    select 'L', one_l from ones
    union all
    select 'kg', one_kg from ones

)

select
    meters.meter_id,
    meters.unit,
    cast(
        cast(rpad('1', meters.reading_digits + 1, '0') as decimal(18, 0))
        * meters.multiplier * units.one as decimal(18, 4)
    ) as register_span
from stg_energy__meter as meters
left join units
    on meters.unit = units.unit
