-- grain: organization_id
-- purpose: compared with a scalar subquery
select monthly.organization_id
from energy.monthly
where monthly.electricity_kwh > (select max(cost.fuel_l) from vehicle.cost)
-- accepted:
