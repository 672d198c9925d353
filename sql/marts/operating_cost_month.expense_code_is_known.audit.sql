-- severity: warning
-- purpose: a code that the reference does not know counts in no group
select
    operating_cost_month.expense_code,
    sum(operating_cost_month.executed_yuan) as executed_yuan
from operating_cost_month
left join stg_reference__expense_code
    on operating_cost_month.expense_code = stg_reference__expense_code.expense_code
where stg_reference__expense_code.expense_code is null
group by operating_cost_month.expense_code
