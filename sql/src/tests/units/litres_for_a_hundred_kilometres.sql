-- grain: vehicle_id
-- purpose: the factor 100 waits for the contract that says L/百km
select
    vehicle_id,
    sum(fuel_l) * 100 / nullif(max(odometer_km) - min(odometer_km), 0) as consumption
from vehicle.cost
group by vehicle_id
-- accepted:
-- consumption: L/km times 100
