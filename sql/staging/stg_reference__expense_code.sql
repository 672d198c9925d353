-- grain: expense_code
-- purpose: expense codes of the department classification
select expense_code, name_zh, name_en, expense_class, is_three_public
from reference.expense_code
