-- severity: warning
-- purpose: premises let or rented whose rent cannot be computed, for want of area or rate
select building_id, year, unpriced_leases
from office_space_year
where unpriced_leases > 0
