-- grain: organization_id
-- purpose: iszero is fine, nanvl is not known
select organization_id, nanvl(cast(electricity_kwh as double), 0.0) + cast(electricity_kwh as double) as x
from energy.monthly
-- refused:
-- error: an_unknown_function_is_not_guessed.sql:3 adds numbers whose unit cannot be told: the unit check does not know the function `nanvl`
-- hint: give it a name in a step and declare `-- unit: <name> <unit>` in the header
