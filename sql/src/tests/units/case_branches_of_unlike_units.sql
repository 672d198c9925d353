-- grain: organization_id
-- purpose: litres or kilowatt-hours by class
select
    vehicle_id as organization_id,
    case when cost_class = 'charge' then charge_kwh else fuel_l end as quantity
from vehicle.cost
-- refused:
-- error: case_branches_of_unlike_units.sql:5 has branches in `kWh` and `L`: `kWh` is `charge_kwh` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:42), `L` is `fuel_l` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:36)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `L/kWh`, or take the wrong column out
