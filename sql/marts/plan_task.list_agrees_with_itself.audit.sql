-- severity: warning
-- purpose: what a task is said to be disagrees with its dates, its numbers or its parts
select task_id, organization_id, title, status, conflict
from plan_task
where conflict is not null
