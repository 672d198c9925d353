-- grain: cost_id
-- purpose: costs of vehicles
select
    cost_id,
    vehicle_id,
    organization_id,
    month,
    cost_class,
    fuel_class,
    year,
    amount_yuan,
    fuel_l,
    charge_kwh,
    unit_price_yuan,
    odometer_km,
    cost_date
from vehicle.cost
