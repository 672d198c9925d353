-- grain: organization_id
-- purpose: MWh and kWh unconverted
select organization_id, solar_mwh + electricity_kwh as total from energy.monthly
-- accepted:
