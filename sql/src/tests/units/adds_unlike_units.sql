-- grain: organization_id
-- purpose: kWh and m3 in one sum
select organization_id, electricity_kwh + water_m3 as total
from energy.monthly
-- refused:
-- error: adds_unlike_units.sql:3 adds `kWh` and `m3`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `m3` is `water_m3` of energy.monthly (schemas/contracts/energy/monthly.yaml:47)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `m3/kWh`, or take the wrong column out
