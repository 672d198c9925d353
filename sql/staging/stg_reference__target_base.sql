-- grain: plan, region_code, metric, decided_date
-- purpose: base values of targets as they were decided
select plan, region_code, metric, unit, base_value, decided_date
from reference.target_base
