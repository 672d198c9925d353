-- grain: rule, occurrence_id
-- purpose: trips to be looked into: on days off (shifted workdays are workdays) for a reason that is not
-- exempted, after distance without an order, after the odometer ran back, while the vehicle was out
with

tolerances as (

    select
        max(
            case when name = 'non_workday_use_reasons' then value end
        ) as exempt_reasons,
        coalesce(
            max(
                case
                    when name = 'no_order_tolerance_km'
                        then cast(value as decimal(18, 4))
                end
            ),
            0
        ) as no_order_km
    from stg_reference__setting

),

days_off as (

    select calendar_date from stg_reference__calendar where not is_workday

)

select
    'non_workday_use' as rule,
    trips.vehicle_id,
    'trip' as evidence,
    trips.trip_id as occurrence_id,
    'km' as unit,
    trips.year,
    trips.km as value,
    cast(0 as decimal(18, 4)) as expectation,
    trips.km as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    trips.departed_date as occurred_date
from int_trips_followed as trips
inner join days_off
    on trips.departed_date = days_off.calendar_date
cross join tolerances
where
    strpos(
        concat(',', coalesce(tolerances.exempt_reasons, ''), ','),
        concat(',', coalesce(trips.reason_class, ' '), ',')
    ) = 0
union all
select
    'no_order' as rule,
    trips.vehicle_id,
    'odometer' as evidence,
    trips.trip_id as occurrence_id,
    'km' as unit,
    trips.year,
    trips.odometer_gap_km as value,
    tolerances.no_order_km as expectation,
    trips.odometer_gap_km as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    trips.departed_date as occurred_date
from int_trips_followed as trips
cross join tolerances
where trips.odometer_gap_km > tolerances.no_order_km
union all
select
    'odometer_backwards' as rule,
    vehicle_id,
    'odometer' as evidence,
    trip_id as occurrence_id,
    'km' as unit,
    year,
    odometer_out_km as value,
    previous_odometer_km as expectation,
    cast(null as decimal(18, 4)) as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    departed_date as occurred_date
from int_trips_followed
where odometer_gap_km < 0
union all
select
    'overlapping_trips' as rule,
    vehicle_id,
    'trip' as evidence,
    trip_id as occurrence_id,
    'min' as unit,
    year,
    cast(overlap_min as decimal(18, 4)) as value,
    cast(0 as decimal(18, 4)) as expectation,
    km as suspect_km,
    cast(null as decimal(18, 4)) as suspect_l,
    cast(null as decimal(18, 2)) as suspect_yuan,
    departed_date as occurred_date
from int_trips_followed
where is_overlapping or is_previous_open
