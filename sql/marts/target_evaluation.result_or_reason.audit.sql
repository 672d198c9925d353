-- severity: error
-- purpose: a result is there, or the reason why it is not
select plan, evaluation, region_code, metric, result, reason
from target_evaluation
where (result is null) = (reason is null)
