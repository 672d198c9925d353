-- severity: warning
-- purpose: an evaluation of a plan without targets judges nothing
with

plans as (

    select distinct plan from stg_reference__target

)

select stg_reference__plan_evaluation.plan, stg_reference__plan_evaluation.evaluation
from stg_reference__plan_evaluation
left join plans
    on stg_reference__plan_evaluation.plan = plans.plan
where plans.plan is null
