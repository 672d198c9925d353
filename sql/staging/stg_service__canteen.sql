-- grain: canteen_id, month
-- purpose: canteens by month with the last day of the month
select
    canteen_id,
    month,
    organization_id,
    building_id,
    meal_count,
    food_cost_yuan,
    labour_cost_yuan,
    income_yuan,
    food_waste_kg,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from service.canteen
