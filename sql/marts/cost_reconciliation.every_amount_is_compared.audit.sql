-- severity: error
-- purpose: nothing that the ledger holds for these codes up to the last month compared is left out
with

compared as (

    select year, item, sum(checked_yuan) as checked_yuan, max(through_month) as through_month
    from cost_reconciliation
    where checked_record = 'ledger'
    group by year, item

),

booked as (

    select
        compared.year,
        compared.item,
        sum(expenses.amount_yuan) as booked_yuan
    from stg_cost__expense as expenses
    inner join compared
        on
            expenses.year = compared.year
            and expenses.month <= compared.through_month
            and expenses.expense_code = case compared.item
                when 'water' then '30205'
                when 'electricity' then '30206'
                when 'heating' then '30208'
                else '30231'
            end
    where expenses.version = 'executed' and expenses.is_department_classification
    group by compared.year, compared.item

)

select
    compared.year,
    compared.item,
    compared.checked_yuan,
    booked.booked_yuan
from compared
left join booked
    on
        compared.year = booked.year
        and compared.item = booked.item
where compared.checked_yuan <> coalesce(booked.booked_yuan, 0)
