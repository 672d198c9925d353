-- grain: organization_id
-- purpose: litres by the price of a kWh
select vehicle_id as organization_id, fuel_l * unit_price_yuan as computed_yuan
from vehicle.cost
where cost_class = 'charge'
-- refused:
-- error: column `computed_yuan` at prices_of_the_other_class.sql:3 is in `L*yuan/kWh` (`fuel_l` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:36) and `unit_price_yuan` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:48)), but its name says `yuan`
-- hint: end its name in `L*yuan/kWh` if that is what is meant, or select the column that is in `yuan`
