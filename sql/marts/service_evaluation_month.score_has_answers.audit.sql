-- severity: warning
-- purpose: a score that rests on no answers counts in no mean
select organization_id, service, month, score
from service_evaluation_month
where score is not null and score_reason is not null
