-- grain: organization_id
-- purpose: litres or kilowatt-hours
select vehicle_id as organization_id, coalesce(fuel_l, charge_kwh) as quantity from vehicle.cost
-- refused:
-- error: branches_of_unlike_units.sql:3 has branches in `L` and `kWh`: `L` is `fuel_l` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:36), `kWh` is `charge_kwh` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:42)
-- hint: only a coefficient leads from the one to the other: multiply what is in `L` by a column in `kWh/L`, or take the wrong column out
