-- severity: warning
-- purpose: use before a reset or a replaced meter is unknown; the month is told too low until the two
-- readings of the change are entered
select meter_id, month, reset_intervals, quantity
from meter_month
where reset_intervals > 0
