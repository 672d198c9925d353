-- severity: error
-- purpose: every vehicle of the register is judged once, or says why not
select
    stg_vehicle__vehicle.vehicle_id,
    vehicle_limit_check.verdict,
    vehicle_limit_check.limit_reason
from stg_vehicle__vehicle
left join vehicle_limit_check
    on stg_vehicle__vehicle.vehicle_id = vehicle_limit_check.vehicle_id
where
    vehicle_limit_check.vehicle_id is null
    or (
        vehicle_limit_check.verdict = 'not_judged'
        and vehicle_limit_check.limit_reason is null
    )
