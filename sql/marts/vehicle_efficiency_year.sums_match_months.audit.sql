-- severity: error
-- purpose: distance, fuel, charging and cost of a year are those of its months, and the classes of
-- cost add up to all cost
with

months as (

    select
        year,
        sum(km) as km,
        sum(fuel_l) as fuel_l,
        sum(charge_kwh) as charge_kwh,
        sum(cost_yuan) as cost_yuan
    from vehicle_month
    group by year

),

years as (

    select
        year,
        sum(km) as km,
        sum(fuel_l) as fuel_l,
        sum(charge_kwh) as charge_kwh,
        sum(cost_yuan) as cost_yuan,
        sum(
            fuel_yuan
            + charge_yuan
            + road_yuan
            + insurance_yuan
            + repair_yuan
            + other_yuan
        ) as classes_yuan
    from vehicle_efficiency_year
    group by year

)

select
    coalesce(months.year, years.year) as year,
    months.cost_yuan as month_cost_yuan,
    years.cost_yuan as year_cost_yuan,
    years.classes_yuan,
    months.km as month_km,
    years.km as year_km
from months
full outer join years
    on months.year = years.year
where
    coalesce(months.km, 0) <> coalesce(years.km, 0)
    or coalesce(months.fuel_l, 0) <> coalesce(years.fuel_l, 0)
    or coalesce(months.charge_kwh, 0) <> coalesce(years.charge_kwh, 0)
    or coalesce(months.cost_yuan, 0) <> coalesce(years.cost_yuan, 0)
    or years.classes_yuan <> years.cost_yuan
