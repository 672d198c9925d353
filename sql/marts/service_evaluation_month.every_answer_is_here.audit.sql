-- severity: error
-- purpose: answers and complaints of the source are all here
with

source as (

    select
        coalesce(sum(respondent_count), 0) as respondent_count,
        coalesce(sum(complaint_count), 0) as complaint_count
    from stg_service__evaluation

),

mart as (

    select
        coalesce(sum(respondent_count), 0) as respondent_count,
        coalesce(sum(complaint_count), 0) as complaint_count
    from service_evaluation_month

)

select
    source.respondent_count as source_respondent_count,
    mart.respondent_count,
    source.complaint_count as source_complaint_count,
    mart.complaint_count
from source
cross join mart
where
    source.respondent_count <> mart.respondent_count
    or source.complaint_count <> mart.complaint_count
