-- severity: error
-- purpose: two rows of one key would count twice
select
    standard_no,
    organization_id,
    year,
    indicator,
    count(*) as row_count
from quota_year
group by standard_no, organization_id, year, indicator
having count(*) > 1
