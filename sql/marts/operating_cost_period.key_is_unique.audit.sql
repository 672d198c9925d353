-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    month,
    expense_code,
    spending_kind,
    count(*) as row_count
from operating_cost_period
group by organization_id, month, expense_code, spending_kind
having count(*) > 1
