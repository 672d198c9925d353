-- grain: organization_id
-- purpose: a join on a measure
select one.organization_id
from energy.monthly as one
inner join energy.monthly as two
    on one.people = two.floor_m2
-- refused:
-- error: joins_on_unlike_units.sql:6 compares `person` and `m2`: `person` is `people` of energy.monthly (schemas/contracts/energy/monthly.yaml:65), `m2` is `floor_m2` of energy.monthly (schemas/contracts/energy/monthly.yaml:70)
-- hint: only a coefficient leads from the one to the other: multiply what is in `person` by a column in `m2/person`, or take the wrong column out
