-- grain: vehicle_id
-- purpose: vehicles with class of fuel and use
select
    vehicle_id,
    organization_id,
    region_code,
    use_class,
    fuel_class,
    status,
    fuel_class in ('bev', 'phev', 'erev', 'fcev') as is_nev,
    registered_date,
    disposed_date
from vehicle.vehicle
