-- grain: cost_id
-- purpose: costs of vehicles
select
    cost_id,
    vehicle_id,
    month,
    cost_class,
    amount_yuan,
    fuel_l,
    charge_kwh,
    odometer_km
from vehicle.cost
