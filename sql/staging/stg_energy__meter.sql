-- grain: meter_id
-- purpose: meters with open ends closed; register_span is what a register holds before it rolls over,
-- in the unit of the meter, and empty where the digits are not known
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
    cast(
        cast(rpad('1', reading_digits + 1, '0') as decimal(18, 0))
        * coalesce(multiplier, 1) as decimal(18, 4)
    ) as register_span,
    coalesce(installed_date, date '1900-01-01') as installed_date,
    coalesce(removed_date, date '9999-12-31') as removed_date
from energy.meter
