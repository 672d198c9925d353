-- severity: error
-- purpose: a value is there, or the reason why it is not
select organization_id, year, indicator, value, reason
from energy_indicator_year
where (value is null) = (reason is null)
