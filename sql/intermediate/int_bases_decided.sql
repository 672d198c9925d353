-- grain: plan, region_code, metric
-- purpose: the base value of a target by the newest decision
with

decisions as (

    select
        plan,
        region_code,
        metric,
        unit,
        base_value,
        row_number() over (
            partition by plan, region_code, metric order by decided_date desc
        ) as decision_rank
    from stg_reference__target_base

)

select plan, region_code, metric, unit, base_value
from decisions
where decision_rank = 1
