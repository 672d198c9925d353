-- severity: error
-- purpose: two rows of one key would count twice
select
    project_id,
    count(*) as row_count
from saving_project
group by project_id
having count(*) > 1
