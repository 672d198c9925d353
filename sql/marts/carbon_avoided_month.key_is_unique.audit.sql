-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    month,
    count(*) as row_count
from carbon_avoided_month
group by organization_id, month
having count(*) > 1
