-- grain: trip_id
-- purpose: each trip with the one before it of the same vehicle, in the order of departure: how far
-- the odometer moved between them, and how long the vehicle was out on both. The latest return of any
-- earlier trip counts, since a short trip can lie within a long one
with

trips as (

    select
        trip_id,
        vehicle_id,
        year,
        reason_class,
        km,
        odometer_out_km,
        odometer_in_km,
        lag(trip_id) over (
            partition by vehicle_id
            order by departed_at, trip_id
        ) as previous_trip_id,
        lag(odometer_in_km) over (
            partition by vehicle_id
            order by departed_at, trip_id
        ) as previous_odometer_km,
        lag(returned_at is null) over (
            partition by vehicle_id
            order by departed_at, trip_id
        ) as is_previous_open,
        departed_date,
        departed_at,
        returned_at,
        max(returned_at) over (
            partition by vehicle_id
            order by departed_at, trip_id
            rows between unbounded preceding and 1 preceding
        ) as previous_returned_at
    from stg_vehicle__trip

)

select
    trip_id,
    vehicle_id,
    year,
    reason_class,
    km,
    odometer_out_km,
    previous_odometer_km,
    odometer_out_km - previous_odometer_km as odometer_gap_km,
    case
        when departed_at < previous_returned_at
            then
                cast(
                    date_part('epoch', least(previous_returned_at, returned_at))
                    - date_part('epoch', departed_at)
                    as bigint
                ) / 60
        else 0
    end as overlap_min,
    previous_trip_id is not null as has_previous,
    returned_at is not null as is_returned,
    coalesce(is_previous_open, false) as is_previous_open,
    coalesce(departed_at < previous_returned_at, false) as is_overlapping,
    departed_date
from trips
