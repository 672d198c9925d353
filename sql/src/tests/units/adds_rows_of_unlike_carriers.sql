-- grain: organization_id
-- purpose: a sum over carriers
select organization_id, sum(quantity) as quantity
from energy.carrier
group by organization_id
-- accepted:
