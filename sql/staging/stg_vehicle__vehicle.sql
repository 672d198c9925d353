-- grain: vehicle_id
-- purpose: vehicles with class of fuel and use. A vehicle is acquired on the day of purchase, where
-- that is unknown on that of registration; its service counts from registration, else from purchase
select
    vehicle_id,
    organization_id,
    region_code,
    model,
    use_class,
    fuel_class,
    management_form,
    status,
    displacement_l,
    tank_l,
    price_yuan,
    disposal_proceeds_yuan,
    fuel_class in ('bev', 'phev', 'erev', 'fcev') as is_nev,
    is_marked,
    purchase_date,
    registered_date,
    coalesce(purchase_date, registered_date) as acquired_date,
    coalesce(registered_date, purchase_date) as service_date,
    disposed_date
from vehicle.vehicle
