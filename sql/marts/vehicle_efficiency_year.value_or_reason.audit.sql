-- severity: error
-- purpose: what is not computed has a reason, and what is computed has none
select vehicle_id, year, cost_reason, fuel_reason, charge_reason, co2_reason
from vehicle_efficiency_year
where
    (cost_yuan_per_km is null) <> (cost_reason is not null)
    or (fuel_l_per_100km is null) <> (fuel_reason is not null)
    or (charge_kwh_per_100km is null) <> (charge_reason is not null)
    or (co2_fixed_per_km is null) <> (co2_reason is not null)
    or (co2_year_per_km is null) <> (co2_reason is not null)
