-- grain: organization_id
-- purpose: tonnes to kilograms by 1000, parts to per cent by 100
select
    organization_id,
    cast(raw_coal_t * 1000 as decimal(18, 4)) as raw_coal_kg,
    solar_mwh * 1000 + electricity_kwh as all_kwh,
    cost_yuan * 100 / nullif(cost_yuan, 0) as part_pct,
    1 + share_pct / 100 as grown
from energy.monthly
-- accepted:
-- raw_coal_kg: kg
-- all_kwh: kWh
-- part_pct: %
-- grown: 1
