-- grain: organization_id
-- purpose: MWh and kWh unconverted
select organization_id, solar_mwh + electricity_kwh as total from energy.monthly
-- refused:
-- error: adds_sizes_of_one_unit.sql:3 adds `MWh` and `kWh`: `MWh` is `solar_mwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:41), `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35)
-- hint: multiply what is in `MWh` by 1000, and it is in `kWh`
