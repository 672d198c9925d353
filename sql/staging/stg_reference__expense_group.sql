-- grain: scheme, expense_code, spending_kind
-- purpose: the group of a code and kind of spending in each scheme of cost
select scheme, expense_code, spending_kind, group_id
from reference.expense_group
