-- severity: warning
-- purpose: a vehicle in stock without an organisation or class of use fills no quota
select vehicle_id, year, organization_id, use_class
from vehicle_stock_year
where is_in_stock and (organization_id is null or use_class is null)
