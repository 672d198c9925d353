-- grain: organization_id, year, expense_code, spending_kind
-- purpose: budget, execution and final account of an organisation's year by code, the version that
-- counts, and the share of the code in the organisation's operating cost
with

amounts as (

    select
        organization_id,
        year,
        expense_code,
        spending_kind,
        settled_version,
        budget_yuan,
        executed_yuan,
        final_yuan,
        settled_yuan
    from int_costs_settled

),

grouped as (

    select
        amounts.organization_id,
        amounts.year,
        amounts.expense_code,
        amounts.spending_kind,
        coalesce(groups.cost_group, 'outside') as cost_group,
        groups.three_public_group,
        amounts.settled_version,
        amounts.budget_yuan,
        amounts.executed_yuan,
        amounts.final_yuan,
        amounts.settled_yuan,
        coalesce(groups.is_operating_fund, false) as is_operating_fund,
        coalesce(groups.is_building, false) as is_building
    from amounts
    left join int_expenses_grouped as groups
        on
            amounts.expense_code = groups.expense_code
            and amounts.spending_kind = groups.spending_kind

),

totals as (

    select
        organization_id,
        year,
        sum(
            case when cost_group <> 'outside' then settled_yuan else 0 end
        ) as operating_cost_yuan
    from grouped
    group by organization_id, year

)

select
    grouped.organization_id,
    grouped.year,
    grouped.expense_code,
    grouped.spending_kind,
    organizations.region_code,
    organizations.class_code,
    organizations.organ_level,
    grouped.cost_group,
    grouped.three_public_group,
    grouped.settled_version,
    grouped.budget_yuan,
    grouped.executed_yuan,
    grouped.final_yuan,
    grouped.settled_yuan,
    case
        when grouped.cost_group <> 'outside' then grouped.settled_yuan else 0
    end as operating_cost_yuan,
    case
        when grouped.cost_group <> 'outside'
            then
                cast(
                    cast(grouped.settled_yuan * 100 as decimal(30, 12))
                    / nullif(totals.operating_cost_yuan, 0)
                    as decimal(18, 4)
                )
    end as operating_cost_share_pct,
    cast(
        cast(coalesce(grouped.executed_yuan, 0) * 100 as decimal(30, 12))
        / nullif(grouped.budget_yuan, 0)
        as decimal(18, 4)
    ) as execution_rate_pct,
    case
        when grouped.budget_yuan is null or grouped.budget_yuan = 0 then 'no_budget'
    end as execution_rate_reason,
    grouped.three_public_group is not null as is_three_public,
    grouped.is_operating_fund,
    grouped.is_building
from grouped
inner join totals
    on
        grouped.organization_id = totals.organization_id
        and grouped.year = totals.year
left join int_organizations_of_year as organizations
    on
        grouped.organization_id = organizations.organization_id
        and grouped.year = organizations.year
