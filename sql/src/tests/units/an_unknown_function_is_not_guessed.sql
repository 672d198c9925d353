-- grain: organization_id
-- purpose: iszero is fine, nanvl is not known
select organization_id, nanvl(cast(electricity_kwh as double), 0.0) + cast(electricity_kwh as double) as x
from energy.monthly
-- accepted:
