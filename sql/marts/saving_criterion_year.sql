-- grain: organization_id, year, criterion
-- purpose: each organ of county level and above against each criterion of saving organs (节约型机关) in
-- force on the last day that the year's forms reach: value, threshold, whether it is met
with

asked as (

    select
        organs.organization_id,
        organs.year,
        criteria.criterion,
        organs.region_code,
        organs.organ_level,
        criteria.unit,
        criteria.comparison,
        criteria.source,
        criteria.grade,
        criteria.threshold
    from int_organs_judged as organs
    inner join stg_reference__saving_criterion as criteria
        on organs.last_date between criteria.from_date and criteria.to_date

),

measured as (

    select organization_id, year, criterion, unit, value
    from int_saving_criteria_measured

),

judged as (

    select
        asked.organization_id,
        asked.year,
        asked.criterion,
        asked.region_code,
        asked.organ_level,
        asked.unit,
        asked.comparison,
        asked.source,
        asked.grade,
        measured.value,
        asked.threshold,
        case
            when asked.comparison = 'at_most' then measured.value <= asked.threshold
            else measured.value >= asked.threshold
        end as is_within
    from asked
    left join measured
        on
            asked.organization_id = measured.organization_id
            and asked.year = measured.year
            and asked.criterion = measured.criterion
            and asked.unit = measured.unit

)

select
    organization_id,
    year,
    criterion,
    region_code,
    organ_level,
    unit,
    comparison,
    case
        when value is not null then null
        when criterion = 'reporting_completeness' then 'nothing_expected'
        when criterion = 'quota_limit_used' then 'no_quota'
        when criterion = 'rooms_above_standard' then 'no_rooms_judged'
        when criterion = 'vehicles_above_quota' then 'no_vehicles'
        when criterion = 'nev_share_acquired' then 'nothing_acquired'
        when criterion = 'efficient_lighting' then 'no_projects'
        else 'no_whole_years'
    end as reason,
    source,
    grade,
    value,
    threshold,
    value is not null as is_judged,
    coalesce(is_within, false) as is_met
from judged
