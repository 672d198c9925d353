-- grain: organization_id
-- purpose: kWh and m3 in one sum
select organization_id, electricity_kwh + water_m3 as total
from energy.monthly
-- accepted:
