-- grain: voucher_id, line_no
-- purpose: voucher lines with the last day of their month and a flag for the classification that counts
select
    voucher_id,
    line_no,
    organization_id,
    month,
    expense_code,
    version,
    spending_kind,
    year,
    amount_yuan,
    classification = 'department' as is_department_classification,
    voucher_date,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from cost.expense
