-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    count(*) as row_count
from office_compactness
group by organization_id
having count(*) > 1
