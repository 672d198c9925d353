-- grain: organization_id
-- purpose: a join on a measure
select one.organization_id
from energy.monthly as one
inner join energy.monthly as two
    on one.people = two.floor_m2
-- accepted:
