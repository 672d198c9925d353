-- grain: organization_id
-- purpose: in a filter
select organization_id from energy.monthly
where electricity_kwh > cost_yuan
-- refused:
-- error: compares_unlike_units.sql:4 compares `kWh` and `yuan`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `yuan` is `cost_yuan` of energy.monthly (schemas/contracts/energy/monthly.yaml:59)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `yuan/kWh`, or take the wrong column out
