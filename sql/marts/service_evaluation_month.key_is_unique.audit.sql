-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    service,
    month,
    count(*) as row_count
from service_evaluation_month
group by organization_id, service, month
having count(*) > 1
