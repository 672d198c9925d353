-- grain: organization_id
-- purpose: ten thousand yuan are 万元 by division; what is added to yuan stays yuan
select
    organization_id,
    cost_yuan / 10000 as cost,
    cost_yuan + cost_yuan / 10000 as a_little_more
from energy.monthly
-- accepted:
-- cost: yuan times 1/10000
-- a_little_more: yuan
