-- severity: warning
-- purpose: a month with missing days has too few degree days, and no energy is compared with it
select region_code, month, days, days_measured
from degree_day_month
where not is_complete
