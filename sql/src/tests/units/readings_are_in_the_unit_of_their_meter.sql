-- grain: organization_id
-- purpose: readings with their meters
select
    reading.meter_id as organization_id,
    meter.unit,
    sum(reading.quantity * meter.multiplier) as quantity
from energy.reading
inner join energy.meter
    on reading.meter_id = meter.meter_id
group by reading.meter_id, meter.unit
-- accepted:
-- quantity: {meter_id}
