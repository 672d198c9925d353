-- grain: organization_id
-- purpose: the unit beside says the other one
select
    vehicle_id as organization_id,
    case when cost_class = 'charge' then 'L' else 'kWh' end as unit,
    case when cost_class = 'charge' then charge_kwh else fuel_l end as quantity
from vehicle.cost
-- accepted:
