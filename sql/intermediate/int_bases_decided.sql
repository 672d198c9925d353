-- grain: plan, region_code, metric
-- purpose: the base value of a target by the newest decision
select
    plan,
    region_code,
    metric,
    first_value(base_value order by decided_date desc) as base_value
from stg_reference__target_base
group by plan, region_code, metric
