-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    expense_code,
    spending_kind,
    count(*) as row_count
from operating_cost_year
group by organization_id, year, expense_code, spending_kind
having count(*) > 1
