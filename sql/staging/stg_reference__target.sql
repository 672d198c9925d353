-- grain: plan, region_code, metric
-- purpose: targets of plans
select
    plan,
    region_code,
    metric,
    path,
    source,
    grade,
    base_year,
    target_year,
    change_pct
from reference.target
