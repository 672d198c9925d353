-- severity: error
-- purpose: two rows of one key would count twice
select
    task_id,
    count(*) as row_count
from plan_task
group by task_id
having count(*) > 1
