-- grain: organization_id
-- purpose: zero and null
select
    organization_id,
    coalesce(electricity_kwh, 0) as electricity_kwh,
    case when water_m3 > 0 then water_m3 end as water_m3,
    cast(0 as decimal(18, 4)) as heat_gj,
    cast(null as decimal(18, 4)) as fuel_l
from energy.monthly
-- accepted:
-- electricity_kwh: kWh
-- water_m3: m3
-- heat_gj: GJ
-- fuel_l: L
