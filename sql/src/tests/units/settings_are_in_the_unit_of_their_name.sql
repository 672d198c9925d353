-- grain: organization_id
-- purpose: a tolerance
select
    cost.vehicle_id as organization_id,
    max(
        case when setting.name = 'no_order_tolerance_km' then cast(setting.value as decimal(18, 4)) end
    ) as tolerance_km
from vehicle.cost
cross join reference.setting
group by cost.vehicle_id
-- accepted:
-- tolerance_km: km
