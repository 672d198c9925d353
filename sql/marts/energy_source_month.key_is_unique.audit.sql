-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    month,
    carrier,
    count(*) as row_count
from energy_source_month
group by organization_id, month, carrier
having count(*) > 1
