-- severity: warning
-- purpose: without a complete base year a target cannot be judged
select plan, region_code, metric, base_year
from target_progress
where reason = 'no_base_value'
group by plan, region_code, metric, base_year
