-- grain: organization_id, year, expense_code, spending_kind
-- purpose: the versions of a year beside one another, and the one that counts: the final account where
-- the organisation has closed the year, else the execution
with

months as (

    select
        organization_id,
        year,
        expense_code,
        spending_kind,
        budget_yuan,
        executed_yuan,
        final_yuan
    from operating_cost_month

),

years as (

    select
        organization_id,
        year,
        expense_code,
        spending_kind,
        sum(budget_yuan) as budget_yuan,
        sum(executed_yuan) as executed_yuan,
        sum(final_yuan) as final_yuan
    from months
    group by organization_id, year, expense_code, spending_kind

),

closed_years as (

    select distinct organization_id, year
    from months
    where final_yuan is not null

)

select
    years.organization_id,
    years.year,
    years.expense_code,
    years.spending_kind,
    case
        when closed_years.organization_id is not null then 'final' else 'executed'
    end as settled_version,
    years.budget_yuan,
    years.executed_yuan,
    years.final_yuan,
    case
        when closed_years.organization_id is not null then coalesce(years.final_yuan, 0)
        else coalesce(years.executed_yuan, 0)
    end as settled_yuan
from years
left join closed_years
    on
        years.organization_id = closed_years.organization_id
        and years.year = closed_years.year
