-- grain: organization_id, month, expense_code, spending_kind
-- purpose: executed amounts of a month, whole and up to the day of the month that the newest month of
-- the ledger reaches
select
    vouchers.organization_id,
    vouchers.month,
    vouchers.expense_code,
    vouchers.spending_kind,
    vouchers.year,
    cast(substr(vouchers.month, 6, 2) as bigint) as month_of_year,
    sum(vouchers.amount_yuan) as executed_yuan,
    sum(
        case
            when extract(day from vouchers.voucher_date) <= reached.day_of_month
                then vouchers.amount_yuan
            else 0
        end
    ) as part_yuan
from stg_cost__expense as vouchers
cross join int_ledger_reached as reached
where
    vouchers.is_department_classification
    and vouchers.version = 'executed'
group by
    vouchers.organization_id,
    vouchers.month,
    vouchers.expense_code,
    vouchers.spending_kind,
    vouchers.year
