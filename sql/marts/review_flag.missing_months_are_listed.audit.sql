-- severity: error
-- purpose: every month an organisation owes is on the list: no tolerance lets one go
select reporting_month.organization_id, reporting_month.month
from reporting_month
left join review_flag
    on
        review_flag.rule = 'missing_form'
        and reporting_month.organization_id = review_flag.organization_id
        and reporting_month.month = review_flag.period
where reporting_month.is_missing and review_flag.flag_id is null
