-- severity: error
-- purpose: two rows of one key would count twice
select
    comparison,
    organization_id,
    year,
    item,
    count(*) as row_count
from change_year
group by comparison, organization_id, year, item
having count(*) > 1
