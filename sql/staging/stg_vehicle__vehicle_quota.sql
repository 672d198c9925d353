-- grain: organization_id, use_class, from_date
-- purpose: vehicles an organisation may hold, open ends closed
select
    organization_id,
    use_class,
    approved_count,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from vehicle.vehicle_quota
