-- severity: error
-- purpose: fuel of vehicles is a part of the fuel used
select organization_id, month, carrier, quantity, vehicle_quantity
from energy_month
where vehicle_quantity > quantity
