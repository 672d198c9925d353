-- grain: organization_id
-- purpose: kWh called m3
select organization_id, electricity_kwh as water_m3 from energy.monthly
-- accepted:
