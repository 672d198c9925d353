-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    criterion,
    count(*) as row_count
from saving_criterion_year
group by organization_id, year, criterion
having count(*) > 1
