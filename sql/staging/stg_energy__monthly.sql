-- grain: organization_id, month
-- purpose: items of the energy form in the units of the coefficients, with the last day of the month
select
    organization_id,
    month,
    form_version,
    no_use_reason,
    cast(substr(month, 1, 4) as bigint) as year,
    people,
    floor_m2,
    electricity_kwh,
    electricity_cost_yuan,
    pv_self_used_kwh,
    water_m3,
    water_cost_yuan,
    cast(raw_coal_t * 1000 as decimal(18, 4)) as raw_coal_kg,
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
    cast(other_energy_tce * 1000 as decimal(18, 4)) as other_energy_kgce,
    other_energy_cost_yuan,
    reported_date,
    cast(concat(month, '-01') as date) as month_start_date,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from energy.monthly
