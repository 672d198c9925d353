-- grain: organization_id, year, item
-- purpose: the items an organ's cost is judged by: operating cost and its four groups, the operating fund,
-- the three public expenses and their parts, the cost of premises. part_yuan counts only up to the day
-- of the year that the ledger reaches in its newest year, so an unfinished year finds its like
with

amounts as (

    select
        parted.organization_id,
        parted.year,
        parted.expense_code,
        parted.spending_kind,
        sum(parted.executed_yuan) as executed_yuan,
        sum(
            case
                when parted.month_of_year < reached.month_of_year
                    then parted.executed_yuan
                when parted.month_of_year = reached.month_of_year then parted.part_yuan
                else 0
            end
        ) as part_yuan
    from int_costs_parted as parted
    cross join int_ledger_reached as reached
    group by
        parted.organization_id,
        parted.year,
        parted.expense_code,
        parted.spending_kind

),

versions as (

    select
        organization_id,
        year,
        expense_code,
        spending_kind,
        budget_yuan,
        final_yuan
    from int_costs_settled

),

united as (

    select
        coalesce(versions.organization_id, amounts.organization_id) as organization_id,
        coalesce(versions.year, amounts.year) as year,
        coalesce(versions.expense_code, amounts.expense_code) as expense_code,
        coalesce(versions.spending_kind, amounts.spending_kind) as spending_kind,
        versions.budget_yuan,
        amounts.executed_yuan,
        amounts.part_yuan,
        versions.final_yuan
    from versions
    full outer join amounts
        on
            versions.organization_id = amounts.organization_id
            and versions.year = amounts.year
            and versions.expense_code = amounts.expense_code
            and versions.spending_kind = amounts.spending_kind

),

grouped as (

    select
        united.organization_id,
        united.year,
        unnest(
            make_array(
                case when groups.cost_group is not null then 'operating_cost' end,
                groups.cost_group,
                case when groups.is_operating_fund then 'operating_fund' end,
                case when groups.three_public_group is not null then 'three_public' end,
                groups.three_public_group,
                case
                    when
                        groups.three_public_group
                        in ('vehicle_purchase', 'vehicle_operation')
                        then 'three_public_vehicle'
                end,
                case when groups.is_building then 'building' end
            )
        ) as item,
        united.budget_yuan,
        united.executed_yuan,
        united.part_yuan,
        united.final_yuan
    from united
    inner join int_expenses_grouped as groups
        on
            united.expense_code = groups.expense_code
            and united.spending_kind = groups.spending_kind

),

-- An organ that books anything in a year has every item of that year, if only as zero: a year without
-- travel abroad is a value, not a gap.
items as (

    select
        unnest(
            make_array(
                'operating_cost',
                'personnel',
                'public',
                'asset',
                'project',
                'operating_fund',
                'three_public',
                'overseas',
                'reception',
                'three_public_vehicle',
                'vehicle_purchase',
                'vehicle_operation',
                'building'
            )
        ) as item

),

booked_years as (

    select distinct organization_id, year from amounts

),

filled as (

    select
        organization_id,
        year,
        item,
        budget_yuan,
        executed_yuan,
        part_yuan,
        final_yuan
    from grouped
    where item is not null
    union all
    select
        booked_years.organization_id,
        booked_years.year,
        items.item,
        null as budget_yuan,
        0 as executed_yuan,
        0 as part_yuan,
        null as final_yuan
    from booked_years
    cross join items

)

select
    organization_id,
    year,
    item,
    sum(budget_yuan) as budget_yuan,
    sum(coalesce(executed_yuan, 0)) as executed_yuan,
    sum(coalesce(part_yuan, 0)) as part_yuan,
    sum(final_yuan) as final_yuan
from filled
group by organization_id, year, item
