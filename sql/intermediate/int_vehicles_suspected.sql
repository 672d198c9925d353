-- grain: rule, vehicle_id, year
-- purpose: years of a vehicle to be looked into: more fuel for the distance than its model needs in that
-- year, slips that add up to another distance than the odometer
with

tolerances as (

    select
        coalesce(
            max(
                case
                    when name = 'trip_distance_tolerance_pct'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as distance_pct,
        coalesce(
            max(
                case
                    when name = 'consumption_tolerance_pct'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as consumption_pct
    from stg_reference__setting

),

efficiencies as (

    select
        vehicle_id,
        year,
        model,
        fuel_class,
        km,
        odometer_km,
        fuel_l,
        has_fuel
    from vehicle_efficiency_year

),

models as (

    select
        model,
        fuel_class,
        year,
        sum(km) as km,
        sum(fuel_l) as fuel_l
    from efficiencies
    where has_fuel and model is not null
    group by model, fuel_class, year

)

select
    'consumption_above_model' as rule,
    efficiencies.vehicle_id,
    'year' as evidence,
    cast(efficiencies.year as varchar) as occurrence_id,
    'L/百km' as unit,
    efficiencies.year,
    cast(
        cast(efficiencies.fuel_l * 100 as decimal(30, 12)) / nullif(efficiencies.km, 0)
        as decimal(18, 4)
    ) as value,
    cast(
        cast(models.fuel_l * 100 as decimal(30, 12)) / nullif(models.km, 0)
        as decimal(18, 4)
    ) as expectation,
    cast(null as decimal(18, 4)) as suspect_km,
    cast(
        efficiencies.fuel_l
        - cast(models.fuel_l * efficiencies.km as decimal(34, 12))
        / nullif(models.km, 0)
        as decimal(18, 4)
    ) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    cast(null as date) as occurred_date
from efficiencies
inner join models
    on
        efficiencies.model = models.model
        and efficiencies.fuel_class = models.fuel_class
        and efficiencies.year = models.year
cross join tolerances
where
    efficiencies.has_fuel
    and cast(efficiencies.fuel_l * models.km as decimal(36, 8)) * 100
    > cast(models.fuel_l * efficiencies.km as decimal(36, 8))
    * (100 + tolerances.consumption_pct)
union all
select
    'distance_differs' as rule,
    efficiencies.vehicle_id,
    'year' as evidence,
    cast(efficiencies.year as varchar) as occurrence_id,
    'km' as unit,
    efficiencies.year,
    efficiencies.km as value,
    efficiencies.odometer_km as expectation,
    abs(efficiencies.odometer_km - efficiencies.km) as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    cast(null as date) as occurred_date
from efficiencies
cross join tolerances
where
    abs(efficiencies.odometer_km - efficiencies.km) * 100
    > efficiencies.odometer_km * tolerances.distance_pct
