-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    count(*) as row_count
from saving_organ_year
group by organization_id, year
having count(*) > 1
