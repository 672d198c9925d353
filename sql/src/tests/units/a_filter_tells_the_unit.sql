-- grain: organization_id
-- purpose: kWh alone
select organization_id, sum(quantity) as electricity_kwh
from energy.carrier
where unit = 'kWh'
group by organization_id
-- accepted:
-- electricity_kwh: kWh
