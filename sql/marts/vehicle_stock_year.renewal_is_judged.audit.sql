-- severity: error
-- purpose: every vehicle in stock is judged, or says why not
select vehicle_id, year, renewal_reason
from vehicle_stock_year
where (is_due_for_renewal is null) <> (renewal_reason is not null)
