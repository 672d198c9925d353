-- severity: warning
-- purpose: a final account that differs from the execution by more than the ledger's tolerance needs an explanation
with

tolerance as (

    select cast(value as decimal(18, 4)) as tolerance_pct
    from stg_reference__setting
    where name = 'ledger_tolerance_pct'

),

years as (

    select
        organization_id,
        year,
        sum(coalesce(executed_yuan, 0)) as executed_yuan,
        sum(coalesce(final_yuan, 0)) as final_yuan
    from operating_cost_year
    where settled_version = 'final'
    group by organization_id, year

)

select
    years.organization_id,
    years.year,
    years.executed_yuan,
    years.final_yuan,
    tolerance.tolerance_pct
from years
cross join tolerance
where
    abs(years.final_yuan - years.executed_yuan) * 100
    > abs(years.executed_yuan) * tolerance.tolerance_pct
