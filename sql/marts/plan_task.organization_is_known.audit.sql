-- severity: warning
-- purpose: a task without an organisation that the register knows is nobody's
select plan_task.task_id, plan_task.title, plan_task.organization_id
from plan_task
left join int_organizations_dated
    on plan_task.organization_id = int_organizations_dated.organization_id
where int_organizations_dated.organization_id is null
