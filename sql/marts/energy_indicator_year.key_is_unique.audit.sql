-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    indicator,
    count(*) as row_count
from energy_indicator_year
group by organization_id, year, indicator
having count(*) > 1
