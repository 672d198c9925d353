-- grain: organization_id, month
-- purpose: the items of the energy form that are parts of others, with the items they are parts of:
-- fuel of vehicles and other, machine rooms (base form 3), heating (base form 4), vehicles by fuel; in the units of the
-- coefficients
select
    organization_id,
    month,
    no_use_reason,
    cast(substr(month, 1, 4) as bigint) as year,
    people,
    floor_m2,
    vehicle_count,
    petrol_vehicle_count,
    diesel_vehicle_count,
    nev_count,
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
    petrol_cost_yuan,
    petrol_vehicle_l,
    petrol_vehicle_cost_yuan,
    petrol_other_l,
    petrol_other_cost_yuan,
    diesel_l,
    diesel_cost_yuan,
    diesel_vehicle_l,
    diesel_vehicle_cost_yuan,
    diesel_other_l,
    diesel_other_cost_yuan,
    heat_gj,
    cast(other_energy_tce * 1000 as decimal(18, 4)) as other_energy_kgce,
    data_centre_floor_m2,
    data_centre_electricity_kwh,
    data_centre_it_kwh,
    data_centre_cooling_kwh,
    data_centre_auxiliary_kwh,
    heating_floor_m2,
    heating_own_floor_m2,
    heating_by_area_floor_m2,
    heating_by_heat_floor_m2,
    heating_water_m3,
    heating_electricity_kwh,
    cast(heating_raw_coal_t * 1000 as decimal(18, 4)) as heating_raw_coal_kg,
    heating_natural_gas_m3,
    heating_diesel_l,
    heating_heat_gj,
    cast(
        heating_other_energy_tce * 1000 as decimal(18, 4)
    ) as heating_other_energy_kgce,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from energy.monthly
