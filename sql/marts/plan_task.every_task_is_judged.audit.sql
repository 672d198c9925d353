-- severity: error
-- purpose: a task in a chain that is longer than six levels, or goes in a circle, would be lost
select stg_plan__task.task_id, stg_plan__task.parent_task_id
from stg_plan__task
left join plan_task
    on stg_plan__task.task_id = plan_task.task_id
where plan_task.task_id is null
