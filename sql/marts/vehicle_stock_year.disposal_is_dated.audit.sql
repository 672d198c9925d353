-- severity: warning
-- purpose: a vehicle disposed of without a date is in the stock of no year
select vehicle_id, organization_id, acquired_date
from stg_vehicle__vehicle
where status = 'disposed' and disposed_date is null
