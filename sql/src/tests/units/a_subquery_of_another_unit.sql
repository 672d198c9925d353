-- grain: organization_id
-- purpose: compared with a scalar subquery
select monthly.organization_id
from energy.monthly
where monthly.electricity_kwh > (select max(cost.fuel_l) from vehicle.cost)
-- refused:
-- error: a_subquery_of_another_unit.sql:5 compares `kWh` and `L`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `L` is `fuel_l` of vehicle.cost (schemas/contracts/vehicle/cost.yaml:36)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `L/kWh`, or take the wrong column out
