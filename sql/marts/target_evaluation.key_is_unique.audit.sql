-- severity: error
-- purpose: two rows of one key would count twice
select
    plan,
    evaluation,
    region_code,
    metric,
    count(*) as row_count
from target_evaluation
group by plan, evaluation, region_code, metric
having count(*) > 1
