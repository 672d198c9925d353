-- grain: trip_id
-- purpose: trips with the days of departure and return in the city and the distance, from the
-- odometer where the slip leaves it out
select
    trip_id,
    vehicle_id,
    month,
    reason_class,
    year,
    coalesce(km, odometer_in_km - odometer_out_km, 0) as km,
    coalesce(odometer_in_km, odometer_out_km) as odometer_km,
    odometer_out_km,
    odometer_in_km,
    cast(departed_at at time zone 'Asia/Shanghai' as date) as departed_date,
    cast(returned_at at time zone 'Asia/Shanghai' as date) as returned_date,
    departed_at,
    returned_at
from vehicle.trip
