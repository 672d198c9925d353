-- grain: organization_id
-- purpose: m3 called kWh
select organization_id, sum(quantity) as electricity_kwh
from energy.carrier
where unit = 'm3'
group by organization_id
-- accepted:
