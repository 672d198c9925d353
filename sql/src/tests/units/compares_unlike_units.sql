-- grain: organization_id
-- purpose: in a filter
select organization_id from energy.monthly
where electricity_kwh > cost_yuan
-- accepted:
