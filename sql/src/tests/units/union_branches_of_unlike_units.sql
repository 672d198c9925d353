-- grain: organization_id
-- purpose: two carriers under one another
select organization_id, electricity_kwh as quantity from energy.monthly
union all
select organization_id, water_m3 from energy.monthly
-- refused:
-- error: union_branches_of_unlike_units.sql:3 puts into one column `kWh` and `m3`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `m3` is `water_m3` of energy.monthly (schemas/contracts/energy/monthly.yaml:47)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `m3/kWh`, or take the wrong column out
