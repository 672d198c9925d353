-- grain: organization_id
-- purpose: a threshold without a unit
select organization_id from energy.monthly
where electricity_kwh between 1 and 1000
-- accepted:
