-- grain: organization_id
-- purpose: a misspelt unit
-- unit: total kwhh, month
select organization_id, sum(electricity_kwh) as total from energy.monthly group by organization_id
-- accepted:
