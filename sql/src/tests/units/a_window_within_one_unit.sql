-- grain: organization_id
-- purpose: within one unit, rows may be added and compared
select
    organization_id,
    unit,
    quantity - lag(quantity, 1, 0) over (partition by unit order by organization_id) as more,
    sum(quantity) over (partition by organization_id, unit) as in_all
from energy.carrier
-- accepted:
-- more: {unit}
-- in_all: {unit}
