-- severity: error
-- purpose: meals, costs and income of the source are all here
with

source as (

    select
        coalesce(sum(meal_count), 0) as meal_count,
        coalesce(sum(food_cost_yuan), 0) as food_cost_yuan,
        coalesce(sum(labour_cost_yuan), 0) as labour_cost_yuan,
        coalesce(sum(income_yuan), 0) as income_yuan
    from stg_service__canteen

),

mart as (

    select
        coalesce(sum(meal_count), 0) as meal_count,
        coalesce(sum(food_cost_yuan), 0) as food_cost_yuan,
        coalesce(sum(labour_cost_yuan), 0) as labour_cost_yuan,
        coalesce(sum(income_yuan), 0) as income_yuan
    from canteen_month

)

select
    source.meal_count as source_meal_count,
    mart.meal_count,
    source.food_cost_yuan as source_food_cost_yuan,
    mart.food_cost_yuan,
    source.labour_cost_yuan as source_labour_cost_yuan,
    mart.labour_cost_yuan,
    source.income_yuan as source_income_yuan,
    mart.income_yuan
from source
cross join mart
where
    source.meal_count <> mart.meal_count
    or source.food_cost_yuan <> mart.food_cost_yuan
    or source.labour_cost_yuan <> mart.labour_cost_yuan
    or source.income_yuan <> mart.income_yuan
