-- grain: meter_id
-- purpose: meters with open ends closed
select
    meter_id,
    account_id,
    organization_id,
    building_id,
    parent_meter_id,
    carrier,
    unit,
    coalesce(item, 'total') as item,
    coalesce(multiplier, 1) as multiplier,
    reading_digits,
    coalesce(installed_date, date '1900-01-01') as installed_date,
    coalesce(removed_date, date '9999-12-31') as removed_date
from energy.meter
