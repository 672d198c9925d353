-- grain: organization_id
-- purpose: two carriers under one another
select organization_id, electricity_kwh as quantity from energy.monthly
union all
select organization_id, water_m3 from energy.monthly
-- accepted:
