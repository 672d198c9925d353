-- grain: cost_id
-- purpose: each refuelling and charging with the trips under way on its day, the tank of the vehicle
-- and the amount that quantity and price make
with

refuels as (

    select
        cost_id,
        vehicle_id,
        year,
        cost_class,
        case when cost_class = 'charge' then 'kWh' else 'L' end as unit,
        amount_yuan,
        case when cost_class = 'charge' then charge_kwh else fuel_l end as quantity,
        cast(
            case cost_class
                when 'charge' then charge_kwh * unit_price_yuan
                when 'fuel' then fuel_l * unit_price_yuan
            end as decimal(18, 2)
        ) as computed_yuan,
        cost_date
    from stg_vehicle__cost
    where cost_class in ('fuel', 'charge')

),

-- A trip is under way on each day from its departure to its return.
days_under_way as (

    select
        vehicle_id,
        unnest(
            generate_series(
                departed_date,
                coalesce(returned_date, departed_date),
                interval '1 day'
            )
        ) as day
    from stg_vehicle__trip

),

under_way as (

    select vehicle_id, cast(day as date) as day, count(*) as trips
    from days_under_way
    group by vehicle_id, day

)

select
    refuels.cost_id,
    refuels.vehicle_id,
    refuels.year,
    refuels.cost_class,
    refuels.unit,
    refuels.amount_yuan,
    refuels.quantity,
    case when refuels.cost_class = 'fuel' then vehicles.tank_l end as tank_l,
    refuels.computed_yuan,
    coalesce(under_way.trips, 0) as trips,
    refuels.cost_date
from refuels
left join under_way
    on
        refuels.vehicle_id = under_way.vehicle_id
        and refuels.cost_date = under_way.day
left join stg_vehicle__vehicle as vehicles
    on refuels.vehicle_id = vehicles.vehicle_id
