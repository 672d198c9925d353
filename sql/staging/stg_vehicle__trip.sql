-- grain: trip_id
-- purpose: trips with the day of departure in the city and the distance, from the odometer where
-- the slip leaves it out
select
    trip_id,
    vehicle_id,
    month,
    coalesce(km, odometer_in_km - odometer_out_km, 0) as km,
    coalesce(odometer_in_km, odometer_out_km) as odometer_km,
    cast(departed_at at time zone 'Asia/Shanghai' as date) as departed_date
from vehicle.trip
