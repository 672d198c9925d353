-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    item,
    count(*) as row_count
from cost_indicator_year
group by organization_id, year, item
having count(*) > 1
