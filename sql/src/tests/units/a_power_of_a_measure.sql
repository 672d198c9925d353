-- grain: organization_id
-- purpose: logarithm of kWh
select organization_id, ln(electricity_kwh) as x, power(floor_m2, 2) as y from energy.monthly
-- accepted:
