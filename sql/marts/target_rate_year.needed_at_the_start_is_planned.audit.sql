-- severity: error
-- purpose: seen from the base year, what is needed each year is what the target planned
select plan, region_code, metric, planned_rate_pct, needed_rate_pct
from target_rate_year
where
    year = base_year
    and value = base_value
    and abs(planned_rate_pct - needed_rate_pct) > 0.000001
