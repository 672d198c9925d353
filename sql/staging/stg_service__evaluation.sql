-- grain: organization_id, service, month
-- purpose: scores of services with the last day of their month
select
    organization_id,
    service,
    month,
    score,
    respondent_count,
    complaint_count,
    resolved_count,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from service.evaluation
