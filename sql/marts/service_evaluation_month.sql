-- grain: organization_id, service, month
-- purpose: how each organisation judges a service in a month: the score, the answers it rests on, and
-- complaints. Score times answers adds up, so that any score above is weighted by the answers
with

evaluations as (

    select
        organization_id,
        service,
        month,
        score,
        respondent_count,
        case
            when score is null then 'no_score'
            when respondent_count is null or respondent_count = 0 then 'no_respondents'
        end as score_reason,
        complaint_count,
        resolved_count,
        month_end_date
    from stg_service__evaluation

)

select
    evaluations.organization_id,
    evaluations.service,
    evaluations.month,
    organizations.region_code,
    evaluations.score_reason,
    evaluations.score,
    coalesce(evaluations.respondent_count, 0) as respondent_count,
    case
        when evaluations.score_reason is null then evaluations.respondent_count else 0
    end as scored_count,
    case
        when evaluations.score_reason is null
            then
                cast(
                    evaluations.score * evaluations.respondent_count as decimal(18, 4)
                )
    end as score_sum,
    coalesce(evaluations.complaint_count, 0) as complaint_count,
    coalesce(evaluations.resolved_count, 0) as resolved_count,
    coalesce(evaluations.complaint_count, 0)
    - coalesce(evaluations.resolved_count, 0) as open_complaint_count
from evaluations
left join int_organizations_dated as organizations
    on
        evaluations.organization_id = organizations.organization_id
        and evaluations.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
