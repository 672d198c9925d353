-- grain: organization_id
-- purpose: the carrier alone says no unit
select
    organization_id,
    sum(case when carrier = 'electricity' then quantity else 0 end) as electricity_kwh
from energy.carrier
group by organization_id
-- accepted:
