-- grain: organization_id
-- purpose: kWh declared as m3
-- unit: total m3
select organization_id, sum(electricity_kwh) as total from energy.monthly group by organization_id
-- accepted:
