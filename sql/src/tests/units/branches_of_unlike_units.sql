-- grain: organization_id
-- purpose: litres or kilowatt-hours
select vehicle_id as organization_id, coalesce(fuel_l, charge_kwh) as quantity from vehicle.cost
-- accepted:
