-- grain: organization_id
-- purpose: by its unit
select
    organization_id,
    sum(case when carrier = 'electricity' and unit = 'kWh' then quantity else 0 end)
        as electricity_kwh,
    sum(quantity) filter (where unit = 'm3') as water_m3
from energy.carrier
group by organization_id
-- accepted:
-- electricity_kwh: kWh
-- water_m3: m3
