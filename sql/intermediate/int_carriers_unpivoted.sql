-- grain: organization_id, month, carrier
-- purpose: one row for each carrier an organisation used or paid for in a month. Data-centre and
-- heating items are parts of these and stay out. Bought electricity emits, self-used photovoltaic
-- power does not; water is no energy and does not emit.
with

forms as (

    select
        organization_id,
        month,
        electricity_kwh,
        electricity_cost_yuan,
        pv_self_used_kwh,
        water_m3,
        water_cost_yuan,
        raw_coal_kg,
        raw_coal_cost_yuan,
        natural_gas_m3,
        natural_gas_cost_yuan,
        petrol_l,
        petrol_vehicle_l,
        petrol_cost_yuan,
        diesel_l,
        diesel_vehicle_l,
        diesel_cost_yuan,
        lpg_kg,
        lpg_cost_yuan,
        heat_gj,
        heat_cost_yuan,
        other_energy_kgce,
        other_energy_cost_yuan
    from stg_energy__monthly

),

unpivoted as (

    select
        organization_id,
        month,
        'electricity' as carrier,
        'kWh' as unit,
        electricity_kwh as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(
            electricity_kwh - coalesce(pv_self_used_kwh, 0) as decimal(18, 4)
        ) as emitting_quantity,
        electricity_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'water' as carrier,
        'm3' as unit,
        water_m3 as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(0 as decimal(18, 4)) as emitting_quantity,
        water_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'raw_coal' as carrier,
        'kg' as unit,
        raw_coal_kg as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(raw_coal_kg as decimal(18, 4)) as emitting_quantity,
        raw_coal_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'natural_gas' as carrier,
        'm3' as unit,
        natural_gas_m3 as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(natural_gas_m3 as decimal(18, 4)) as emitting_quantity,
        natural_gas_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'gasoline_litre' as carrier,
        'L' as unit,
        petrol_l as quantity,
        cast(coalesce(petrol_vehicle_l, 0) as decimal(18, 4)) as vehicle_quantity,
        cast(petrol_l as decimal(18, 4)) as emitting_quantity,
        petrol_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'diesel_litre' as carrier,
        'L' as unit,
        diesel_l as quantity,
        cast(coalesce(diesel_vehicle_l, 0) as decimal(18, 4)) as vehicle_quantity,
        cast(diesel_l as decimal(18, 4)) as emitting_quantity,
        diesel_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'lpg' as carrier,
        'kg' as unit,
        lpg_kg as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(lpg_kg as decimal(18, 4)) as emitting_quantity,
        lpg_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'heat' as carrier,
        'GJ' as unit,
        heat_gj as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(heat_gj as decimal(18, 4)) as emitting_quantity,
        heat_cost_yuan as cost_yuan
    from forms
    union all
    select
        organization_id,
        month,
        'other_energy' as carrier,
        'kgce' as unit,
        other_energy_kgce as quantity,
        cast(0 as decimal(18, 4)) as vehicle_quantity,
        cast(other_energy_kgce as decimal(18, 4)) as emitting_quantity,
        other_energy_cost_yuan as cost_yuan
    from forms

)

select
    organization_id,
    month,
    carrier,
    unit,
    coalesce(quantity, 0) as quantity,
    vehicle_quantity,
    coalesce(emitting_quantity, 0) as emitting_quantity,
    coalesce(cost_yuan, 0) as cost_yuan
from unpivoted
where quantity <> 0 or cost_yuan <> 0
