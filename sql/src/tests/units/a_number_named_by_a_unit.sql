-- grain: organization_id
-- purpose: a literal called kWh
select organization_id, 5 as base_kwh from energy.monthly
-- accepted:
