-- grain: canteen_id, month
-- purpose: meals of each canteen by month with their cost, what they brought, what others paid for them
-- and the food that was wasted; and how many months before it were not reported
-- unit: gap_months month
with

canteens as (

    select
        canteen_id,
        month,
        organization_id,
        building_id,
        case
            when food_cost_yuan is null then 'no_food_cost'
            when labour_cost_yuan is null then 'no_labour_cost'
        end as cost_reason,
        meal_count,
        food_cost_yuan,
        labour_cost_yuan,
        food_cost_yuan + labour_cost_yuan as cost_yuan,
        income_yuan,
        food_waste_kg,
        cast(substr(month, 1, 4) as bigint) * 12
        + cast(substr(month, 6, 2) as bigint) as month_number,
        month_end_date
    from stg_service__canteen

),

followed as (

    select
        canteen_id,
        month,
        coalesce(
            month_number
            - lag(month_number) over (partition by canteen_id order by month_number)
            - 1,
            0
        ) as gap_months
    from canteens

)

select
    canteens.canteen_id,
    canteens.month,
    canteens.organization_id,
    organizations.region_code,
    canteens.building_id,
    canteens.cost_reason,
    case
        when canteens.meal_count is null or canteens.meal_count = 0 then 'no_meals'
        else canteens.cost_reason
    end as cost_per_meal_reason,
    coalesce(canteens.meal_count, 0) as meal_count,
    canteens.food_cost_yuan,
    canteens.labour_cost_yuan,
    canteens.cost_yuan,
    canteens.income_yuan,
    -- what the meals did not bring in; negative where they brought more than they cost
    canteens.cost_yuan - canteens.income_yuan as borne_yuan,
    canteens.food_waste_kg,
    cast(
        cast(canteens.cost_yuan as decimal(30, 12)) / nullif(canteens.meal_count, 0)
        as decimal(18, 4)
    ) as cost_yuan_per_meal,
    cast(
        cast(canteens.food_waste_kg as decimal(30, 12)) / nullif(canteens.meal_count, 0)
        as decimal(18, 4)
    ) as waste_kg_per_meal,
    -- meals whose cost, waste and income are known: what a mean may divide by
    case
        when canteens.cost_reason is null then coalesce(canteens.meal_count, 0) else 0
    end as costed_meal_count,
    case
        when canteens.food_waste_kg is not null then coalesce(canteens.meal_count, 0)
        else 0
    end as weighed_meal_count,
    followed.gap_months,
    canteens.cost_yuan is not null and canteens.income_yuan is not null as has_balance
from canteens
inner join followed
    on canteens.canteen_id = followed.canteen_id and canteens.month = followed.month
left join int_organizations_dated as organizations
    on
        canteens.organization_id = organizations.organization_id
        and canteens.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
