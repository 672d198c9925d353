-- grain: organization_id
-- purpose: litres or kilowatt-hours, and which
select
    vehicle_id as organization_id,
    case when cost_class = 'charge' then 'kWh' else 'L' end as unit,
    case when cost_class = 'charge' then charge_kwh else fuel_l end as quantity
from vehicle.cost
-- accepted:
-- quantity: {unit}
