-- grain: task_id
-- purpose: each task of a plan judged on the day known: done in time or late, overdue, due next or not
-- yet; what the list says of it beside what its dates and numbers say. The day known is that of the
-- newest completion, or the last the ledger reaches, whichever is later
with

tasks as (

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
    from stg_plan__task

),

known_days as (

    select max(finished_date) as known_date from stg_plan__task
    union all
    select max(through_date) as known_date from int_ledger_reached

),

state_day as (

    select max(known_date) as state_date from known_days

),

-- Without the setting nothing is due next; the row of the setting says where the number comes from.
settings as (

    select
        max(
            case when name = 'task_due_next_days' then cast(value as bigint) end
        ) as due_next_days
    from stg_reference__setting

),

subtasks as (

    select
        parent_task_id,
        count(*) as subtask_count,
        sum(
            case when status in ('done', 'stopped') then 0 else 1 end
        ) as open_subtask_count
    from tasks
    where parent_task_id is not null
    group by parent_task_id

),

judged as (

    select
        tasks.task_id,
        tasks.plan,
        tasks.parent_task_id,
        tasks.title,
        tasks.region_code,
        tasks.organization_id,
        tasks.unit,
        tasks.status,
        case
            when tasks.status = 'stopped' then 'stopped'
            when
                tasks.status = 'done' and tasks.finished_date <= tasks.due_date
                then 'done_on_time'
            when
                tasks.status = 'done' and tasks.finished_date > tasks.due_date
                then 'done_late'
            when tasks.status = 'done' then 'done_undated'
            when tasks.due_date is null then 'undated'
            when tasks.due_date < state_day.state_date then 'overdue'
            when
                tasks.due_date - state_day.state_date <= settings.due_next_days
                then 'due_next'
            else 'ahead'
        end as verdict,
        case
            when tasks.status = 'stopped' then 'stopped'
            when tasks.due_date is null then 'no_due_date'
            when
                tasks.status = 'done' and tasks.finished_date is null
                then 'no_finished_date'
        end as verdict_reason,
        tasks.target_value,
        tasks.current_value,
        tasks.progress_pct,
        tasks.start_date,
        tasks.due_date,
        tasks.finished_date,
        state_day.state_date
    from tasks
    cross join state_day
    cross join settings

)

select
    judged.task_id,
    judged.plan,
    judged.parent_task_id,
    nested.chapter_task_id,
    nested.chapter_title,
    judged.title,
    coalesce(
        region_changes.new_code,
        judged.region_code,
        organizations.region_code
    ) as region_code,
    judged.organization_id,
    judged.unit,
    judged.status,
    judged.verdict,
    judged.verdict_reason,
    case
        when judged.status = 'done' and judged.finished_date is null
            then 'done_without_date'
        when judged.status <> 'done' and judged.finished_date is not null
            then 'date_without_done'
        when judged.status = 'done' and judged.current_value < judged.target_value
            then 'done_below_target'
        when judged.status = 'done' and subtasks.open_subtask_count > 0
            then 'done_before_subtasks'
        when judged.verdict = 'overdue' and judged.status <> 'delayed'
            then 'overdue_not_told'
        when
            judged.status in ('not_started', 'running', 'delayed')
            and judged.current_value >= judged.target_value
            and judged.target_value > 0
            then 'reached_not_done'
    end as conflict,
    case
        when judged.target_value is null or judged.target_value = 0 then 'no_target'
        when judged.current_value is null then 'no_value'
    end as reached_reason,
    nested.level,
    judged.target_value,
    judged.current_value,
    judged.progress_pct,
    cast(
        cast(judged.current_value * 100 as decimal(30, 12))
        / nullif(judged.target_value, 0)
        as decimal(18, 4)
    ) as reached_pct,
    case
        when judged.verdict = 'done_late' then judged.finished_date - judged.due_date
        when judged.verdict = 'overdue' then judged.state_date - judged.due_date
    end as days_late,
    case
        when
            judged.verdict in ('due_next', 'ahead')
            then judged.due_date - judged.state_date
    end as days_left,
    coalesce(subtasks.subtask_count, 0) as subtask_count,
    coalesce(subtasks.open_subtask_count, 0) as open_subtask_count,
    -- due or done: what a rate of tasks on time counts
    judged.verdict in ('done_on_time', 'done_late', 'overdue') as is_judged,
    judged.start_date,
    judged.due_date,
    judged.finished_date,
    judged.state_date
from judged
inner join int_tasks_nested as nested
    on judged.task_id = nested.task_id
left join subtasks
    on judged.task_id = subtasks.parent_task_id
left join stg_reference__region_change as region_changes
    on judged.region_code = region_changes.old_code
left join int_organizations_dated as organizations
    on
        judged.organization_id = organizations.organization_id
        and judged.state_date between organizations.holds_from_date
        and organizations.holds_to_date
