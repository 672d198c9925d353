-- severity: error
-- purpose: a machine room and heating use no more than the organisation
select organization_id, month, part, carrier, quantity, whole_quantity
from energy_part_month
where quantity > whole_quantity
