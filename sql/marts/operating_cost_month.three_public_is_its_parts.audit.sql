-- severity: error
-- purpose: 三公 = overseas + reception + vehicle purchase + vehicle operation, and these are the codes that reference.expense_code marks
with

marked as (

    select
        stg_cost__expense.organization_id,
        stg_cost__expense.year,
        sum(stg_cost__expense.amount_yuan) as marked_yuan
    from stg_cost__expense
    inner join stg_reference__expense_code
        on stg_cost__expense.expense_code = stg_reference__expense_code.expense_code
    where
        stg_cost__expense.is_department_classification
        and stg_cost__expense.version = 'executed'
        and stg_reference__expense_code.is_three_public
    group by stg_cost__expense.organization_id, stg_cost__expense.year

),

parts as (

    select
        organization_id,
        year,
        sum(three_public_yuan) as three_public_yuan,
        sum(
            case when three_public_group = 'overseas' then executed_yuan else 0 end
        ) as overseas_yuan,
        sum(
            case when three_public_group = 'reception' then executed_yuan else 0 end
        ) as reception_yuan,
        sum(
            case
                when three_public_group in ('vehicle_purchase', 'vehicle_operation')
                    then executed_yuan
                else 0
            end
        ) as vehicle_yuan
    from operating_cost_month
    where is_three_public and executed_yuan is not null
    group by organization_id, year

)

select
    coalesce(marked.organization_id, parts.organization_id) as organization_id,
    coalesce(marked.year, parts.year) as year,
    marked.marked_yuan,
    parts.three_public_yuan,
    parts.overseas_yuan,
    parts.reception_yuan,
    parts.vehicle_yuan
from marked
full outer join parts
    on
        marked.organization_id = parts.organization_id
        and marked.year = parts.year
where
    (marked.marked_yuan is distinct from parts.three_public_yuan)
    or parts.three_public_yuan
    <> parts.overseas_yuan + parts.reception_yuan + parts.vehicle_yuan
