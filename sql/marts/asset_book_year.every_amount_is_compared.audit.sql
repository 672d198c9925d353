-- severity: error
-- purpose: nothing that the ledger spent on assets of these books is left out
with

compared as (

    select coalesce(sum(booked_yuan), 0) as booked_yuan from asset_book_year

),

ledger as (

    select coalesce(sum(expenses.amount_yuan), 0) as booked_yuan
    from stg_cost__expense as expenses
    inner join stg_reference__expense_group as groups
        on
            expenses.expense_code = groups.expense_code
            and expenses.spending_kind = groups.spending_kind
    where
        groups.scheme = 'asset_book'
        and expenses.version = 'executed'
        and expenses.is_department_classification

)

select ledger.booked_yuan as ledger_yuan, compared.booked_yuan
from ledger
cross join compared
where ledger.booked_yuan <> compared.booked_yuan
