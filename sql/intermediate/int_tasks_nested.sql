-- grain: task_id
-- purpose: each task with the chapter it belongs to, the task at the top of its chain, and its level
-- below it. Six levels are followed; a task whose parent the list does not know is its own chapter
with

tasks as (

    select task_id, parent_task_id, title from stg_plan__task

),

first_level as (

    select
        tasks.task_id,
        tasks.task_id as chapter_task_id,
        tasks.title as chapter_title
    from tasks
    left join tasks as parents
        on tasks.parent_task_id = parents.task_id
    where parents.task_id is null

),

second_level as (

    select tasks.task_id, parents.chapter_task_id, parents.chapter_title
    from first_level as parents
    inner join tasks on parents.task_id = tasks.parent_task_id

),

third_level as (

    select tasks.task_id, parents.chapter_task_id, parents.chapter_title
    from second_level as parents
    inner join tasks on parents.task_id = tasks.parent_task_id

),

fourth_level as (

    select tasks.task_id, parents.chapter_task_id, parents.chapter_title
    from third_level as parents
    inner join tasks on parents.task_id = tasks.parent_task_id

),

fifth_level as (

    select tasks.task_id, parents.chapter_task_id, parents.chapter_title
    from fourth_level as parents
    inner join tasks on parents.task_id = tasks.parent_task_id

),

sixth_level as (

    select tasks.task_id, parents.chapter_task_id, parents.chapter_title
    from fifth_level as parents
    inner join tasks on parents.task_id = tasks.parent_task_id

)

select task_id, chapter_task_id, chapter_title, 1 as level from first_level
union all
select task_id, chapter_task_id, chapter_title, 2 as level from second_level
union all
select task_id, chapter_task_id, chapter_title, 3 as level from third_level
union all
select task_id, chapter_task_id, chapter_title, 4 as level from fourth_level
union all
select task_id, chapter_task_id, chapter_title, 5 as level from fifth_level
union all
select task_id, chapter_task_id, chapter_title, 6 as level from sixth_level
