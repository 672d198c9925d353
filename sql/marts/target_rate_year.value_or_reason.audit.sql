-- severity: error
-- purpose: a rate needed is there, or the reason why it is not
select plan, region_code, metric, year, needed_rate_pct, reason
from target_rate_year
where (needed_rate_pct is null) = (reason is null)
