-- severity: error
-- purpose: the versions of a year are the sums of its months, and the version that counts is one of them
with

months as (

    select
        organization_id,
        year,
        sum(coalesce(budget_yuan, 0)) as budget_yuan,
        sum(coalesce(executed_yuan, 0)) as executed_yuan,
        sum(coalesce(final_yuan, 0)) as final_yuan,
        count(final_yuan) as final_count
    from operating_cost_month
    group by organization_id, year

),

years as (

    select
        organization_id,
        year,
        sum(coalesce(budget_yuan, 0)) as budget_yuan,
        sum(coalesce(executed_yuan, 0)) as executed_yuan,
        sum(coalesce(final_yuan, 0)) as final_yuan,
        sum(settled_yuan) as settled_yuan
    from operating_cost_year
    group by organization_id, year

)

select
    coalesce(months.organization_id, years.organization_id) as organization_id,
    coalesce(months.year, years.year) as year,
    months.budget_yuan as month_budget_yuan,
    years.budget_yuan,
    months.executed_yuan as month_executed_yuan,
    years.executed_yuan,
    months.final_yuan as month_final_yuan,
    years.final_yuan,
    years.settled_yuan
from months
full outer join years
    on
        months.organization_id = years.organization_id
        and months.year = years.year
where
    (months.budget_yuan is distinct from years.budget_yuan)
    or (months.executed_yuan is distinct from years.executed_yuan)
    or (months.final_yuan is distinct from years.final_yuan)
    or years.settled_yuan <> case
        when months.final_count > 0 then months.final_yuan else months.executed_yuan
    end
