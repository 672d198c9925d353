-- grain: rule, occurrence_id
-- purpose: refuelling and charging to be looked into: more than the tank holds, on a day without a trip,
-- an amount that quantity and price do not make
with

tolerances as (

    select
        coalesce(
            max(
                case
                    when name = 'tank_tolerance_pct'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as tank_pct,
        coalesce(
            max(
                case
                    when name = 'fuel_amount_tolerance_yuan'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as amount_yuan
    from stg_reference__setting

)

select
    'refuel_above_tank' as rule,
    refuels.vehicle_id,
    'refuel' as evidence,
    refuels.cost_id as occurrence_id,
    refuels.unit,
    refuels.year,
    refuels.quantity as value,
    refuels.tank_l as expectation,
    cast(null as decimal(18, 4)) as suspect_km,
    refuels.quantity - refuels.tank_l as suspect_l,
    cast(
        cast(
            refuels.amount_yuan * (refuels.quantity - refuels.tank_l) as decimal(34, 12)
        )
        / nullif(refuels.quantity, 0)
        as decimal(18, 2)
    ) as suspect_yuan,
    refuels.cost_date as occurred_date
from int_refuels_checked as refuels
cross join tolerances
where
    refuels.unit = 'L'
    and refuels.quantity * 100 > refuels.tank_l * (100 + tolerances.tank_pct)
union all
select
    'refuel_without_trip' as rule,
    vehicle_id,
    'refuel' as evidence,
    cost_id as occurrence_id,
    unit,
    year,
    quantity as value,
    cast(0 as decimal(18, 4)) as expectation,
    cast(null as decimal(18, 4)) as suspect_km,
    case when unit = 'L' then quantity end as suspect_l,
    amount_yuan as suspect_yuan,
    cost_date as occurred_date
from int_refuels_checked
where trips = 0
union all
select
    'refuel_amount' as rule,
    refuels.vehicle_id,
    'refuel' as evidence,
    refuels.cost_id as occurrence_id,
    'yuan' as unit,
    refuels.year,
    cast(refuels.amount_yuan as decimal(18, 4)) as value,
    cast(refuels.computed_yuan as decimal(18, 4)) as expectation,
    cast(null as decimal(18, 4)) as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(
        abs(refuels.amount_yuan - refuels.computed_yuan) as decimal(18, 2)
    ) as suspect_yuan,
    refuels.cost_date as occurred_date
from int_refuels_checked as refuels
cross join tolerances
where abs(refuels.amount_yuan - refuels.computed_yuan) > tolerances.amount_yuan
