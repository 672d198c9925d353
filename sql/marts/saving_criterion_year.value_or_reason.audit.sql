-- severity: error
-- purpose: a criterion without a value says why, one with a value says nothing
select
    organization_id,
    year,
    criterion,
    reason
from saving_criterion_year
where is_judged = (reason is not null)
