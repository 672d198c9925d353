-- grain: organization_id, month, expense_code, spending_kind
-- purpose: budget by the month it takes effect: from the budget table, and from voucher lines of
-- version budget only where the organisation has no row there for the year, so none counts twice
with

budgets as (

    select organization_id, month, expense_code, spending_kind, year, amount_yuan
    from stg_cost__budget

),

budgeted_years as (

    select distinct organization_id, year from budgets

),

budget_lines as (

    select
        lines.organization_id,
        lines.month,
        lines.expense_code,
        lines.spending_kind,
        lines.amount_yuan
    from stg_cost__expense as lines
    left join budgeted_years
        on
            lines.organization_id = budgeted_years.organization_id
            and lines.year = budgeted_years.year
    where
        lines.version = 'budget'
        and lines.is_department_classification
        and budgeted_years.organization_id is null

),

united as (

    select organization_id, month, expense_code, spending_kind, amount_yuan from budgets
    union all
    select organization_id, month, expense_code, spending_kind, amount_yuan
    from budget_lines

)

select
    organization_id,
    month,
    expense_code,
    spending_kind,
    sum(amount_yuan) as budget_yuan
from united
group by organization_id, month, expense_code, spending_kind
