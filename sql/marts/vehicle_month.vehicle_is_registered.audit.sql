-- severity: warning
-- purpose: trips or costs of a vehicle that the register does not know
select
    vehicle_month.vehicle_id,
    count(*) as month_count,
    sum(vehicle_month.cost_yuan) as cost_yuan
from vehicle_month
left join stg_vehicle__vehicle
    on vehicle_month.vehicle_id = stg_vehicle__vehicle.vehicle_id
where stg_vehicle__vehicle.vehicle_id is null
group by vehicle_month.vehicle_id
