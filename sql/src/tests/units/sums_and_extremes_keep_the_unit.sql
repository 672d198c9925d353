-- grain: organization_id
-- purpose: totals of an organisation
select
    organization_id,
    sum(electricity_kwh) as electricity_kwh,
    max(water_m3) as most_water,
    avg(cost_yuan) as mean_cost,
    first_value(floor_m2 order by month desc) as floor,
    count(*) as forms
from energy.monthly
group by organization_id
-- accepted:
-- electricity_kwh: kWh
-- most_water: m3
-- mean_cost: yuan
-- floor: m2
-- forms: a number
