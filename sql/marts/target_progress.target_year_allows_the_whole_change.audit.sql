-- severity: error
-- purpose: in the target year the path has reached the change the plan asks for
select plan, region_code, metric, base_value, change_pct_target, allowed_value
from target_progress
where
    year = target_year
    and abs(
        allowed_value
        - cast(base_value * (100 + change_pct_target) / 100 as decimal(18, 8))
    ) > 0.00000001
