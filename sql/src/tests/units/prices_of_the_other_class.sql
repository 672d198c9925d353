-- grain: organization_id
-- purpose: litres by the price of a kWh
select vehicle_id as organization_id, fuel_l * unit_price_yuan as computed_yuan
from vehicle.cost
where cost_class = 'charge'
-- accepted:
