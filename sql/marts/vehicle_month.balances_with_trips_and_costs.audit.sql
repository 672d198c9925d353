-- severity: error
-- purpose: distance and cost of the mart are those of the trips and cost records
with

sources as (

    select sum(km) as km, cast(0 as decimal(28, 2)) as cost_yuan from stg_vehicle__trip
    union all
    select cast(0 as decimal(28, 4)), sum(amount_yuan) from stg_vehicle__cost

),

source_totals as (

    select
        coalesce(sum(km), 0) as km,
        coalesce(sum(cost_yuan), 0) as cost_yuan
    from sources

),

mart_totals as (

    select
        coalesce(sum(km), 0) as km,
        coalesce(sum(cost_yuan), 0) as cost_yuan
    from vehicle_month

)

select
    source_totals.km as source_km,
    mart_totals.km as mart_km,
    source_totals.cost_yuan as source_cost_yuan,
    mart_totals.cost_yuan as mart_cost_yuan
from source_totals
cross join mart_totals
where
    source_totals.km <> mart_totals.km
    or source_totals.cost_yuan <> mart_totals.cost_yuan
