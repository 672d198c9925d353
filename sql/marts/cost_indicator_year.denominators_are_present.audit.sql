-- severity: warning
-- purpose: an organ that spends must have staff, people and floor area, or its cost per head is missing
select
    organization_id,
    year,
    executed_yuan,
    staff,
    people
from cost_indicator_year
where
    item = 'operating_cost'
    and executed_yuan <> 0
    and (staff is null or people is null)
