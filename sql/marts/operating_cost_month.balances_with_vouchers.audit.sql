-- severity: error
-- purpose: executed and final amounts are those of the voucher lines of the department classification
with

vouchers as (

    select
        organization_id,
        year,
        sum(
            case when version = 'executed' then amount_yuan else 0 end
        ) as executed_yuan,
        sum(case when version = 'final' then amount_yuan else 0 end) as final_yuan
    from stg_cost__expense
    where is_department_classification and version in ('executed', 'final')
    group by organization_id, year

),

months as (

    select
        organization_id,
        year,
        sum(coalesce(executed_yuan, 0)) as executed_yuan,
        sum(coalesce(final_yuan, 0)) as final_yuan
    from operating_cost_month
    where executed_yuan is not null or final_yuan is not null
    group by organization_id, year

)

select
    coalesce(vouchers.organization_id, months.organization_id) as organization_id,
    coalesce(vouchers.year, months.year) as year,
    vouchers.executed_yuan as voucher_executed_yuan,
    months.executed_yuan as mart_executed_yuan,
    vouchers.final_yuan as voucher_final_yuan,
    months.final_yuan as mart_final_yuan
from vouchers
full outer join months
    on
        vouchers.organization_id = months.organization_id
        and vouchers.year = months.year
where
    (vouchers.executed_yuan is distinct from months.executed_yuan)
    or (vouchers.final_yuan is distinct from months.final_yuan)
