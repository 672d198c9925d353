-- severity: warning
-- purpose: an organisation that spends more than its budget of the year must have an adjustment
select
    organization_id,
    year,
    sum(coalesce(budget_yuan, 0)) as budget_yuan,
    sum(coalesce(executed_yuan, 0)) as executed_yuan
from operating_cost_month
group by organization_id, year
having
    sum(coalesce(budget_yuan, 0)) > 0
    and sum(coalesce(executed_yuan, 0)) > sum(coalesce(budget_yuan, 0))
