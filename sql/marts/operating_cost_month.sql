-- grain: organization_id, month, expense_code, spending_kind
-- purpose: budget, executed and final amounts of an organisation by month and code, with the parts
-- that count in each scheme of cost
with

vouchers as (

    select
        organization_id,
        month,
        expense_code,
        spending_kind,
        sum(amount_yuan) filter (where version = 'executed') as executed_yuan,
        sum(amount_yuan) filter (where version = 'final') as final_yuan
    from stg_cost__expense
    where is_department_classification and version in ('executed', 'final')
    group by organization_id, month, expense_code, spending_kind

),

budgets as (

    select organization_id, month, expense_code, spending_kind, budget_yuan
    from int_budgets_chosen

),

amounts as (

    select
        coalesce(vouchers.organization_id, budgets.organization_id) as organization_id,
        coalesce(vouchers.month, budgets.month) as month,
        coalesce(vouchers.expense_code, budgets.expense_code) as expense_code,
        coalesce(vouchers.spending_kind, budgets.spending_kind) as spending_kind,
        budgets.budget_yuan,
        vouchers.executed_yuan,
        vouchers.final_yuan
    from vouchers
    full outer join budgets
        on
            vouchers.organization_id = budgets.organization_id
            and vouchers.month = budgets.month
            and vouchers.expense_code = budgets.expense_code
            and vouchers.spending_kind = budgets.spending_kind

),

groups as (

    select
        expense_code,
        spending_kind,
        max(group_id) filter (where scheme = 'operating_cost') as cost_group,
        max(group_id) filter (where scheme = 'three_public') as three_public_group,
        bool_or(scheme = 'operating_fund') as is_operating_fund,
        bool_or(scheme = 'building') as is_building
    from stg_reference__expense_group
    group by expense_code, spending_kind

),

organizations as (

    select organization_id, region_code, class_code, holds_from_date, holds_to_date
    from int_organizations_dated

)

select
    amounts.organization_id,
    amounts.month,
    amounts.expense_code,
    amounts.spending_kind,
    organizations.region_code,
    organizations.class_code,
    cast(substr(amounts.month, 1, 4) as bigint) as year,
    coalesce(groups.cost_group, 'outside') as cost_group,
    groups.three_public_group,
    groups.three_public_group is not null as is_three_public,
    amounts.budget_yuan,
    amounts.executed_yuan,
    amounts.final_yuan,
    case
        when groups.cost_group is not null then coalesce(amounts.executed_yuan, 0)
        else 0
    end as operating_cost_yuan,
    case
        when groups.is_operating_fund then coalesce(amounts.executed_yuan, 0)
        else 0
    end as operating_fund_yuan,
    case
        when groups.three_public_group is not null
            then coalesce(amounts.executed_yuan, 0)
        else 0
    end as three_public_yuan,
    case
        when groups.is_building then coalesce(amounts.executed_yuan, 0)
        else 0
    end as building_cost_yuan
from amounts
left join groups
    on
        amounts.expense_code = groups.expense_code
        and amounts.spending_kind = groups.spending_kind
left join organizations
    on
        amounts.organization_id = organizations.organization_id
        and cast(
            cast(concat(amounts.month, '-01') as date)
            + interval '1 month' - interval '1 day' as date
        ) between organizations.holds_from_date and organizations.holds_to_date
