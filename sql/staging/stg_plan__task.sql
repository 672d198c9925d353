-- grain: task_id
-- purpose: tasks as they are told; the unit of target and progress stays text, for tasks count
-- different things
select
    task_id,
    plan,
    parent_task_id,
    title,
    region_code,
    organization_id,
    unit,
    status,
    target_value,
    current_value,
    progress_pct,
    start_date,
    due_date,
    finished_date
from plan.task
