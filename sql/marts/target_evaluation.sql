-- grain: plan, evaluation, region_code, metric
-- purpose: the table of a plan's mid-term and final evaluation, by the values of the year that the
-- evaluation judges
with

evaluations as (

    select plan, evaluation, source, grade, year from stg_reference__plan_evaluation

),

settings as (

    select max(case when name = 'home_region_code' then value end) as home_region_code
    from stg_reference__setting

),

targets as (

    select
        targets.plan,
        targets.region_code,
        targets.metric,
        case targets.metric
            when 'energy_per_capita' then 'kgce/person'
            when 'water_per_capita' then 'm3/person'
            when 'energy_per_area' then 'kgce/m2'
            else 'kgCO2/m2'
        end as unit,
        targets.source,
        targets.grade,
        targets.base_year,
        targets.target_year,
        targets.change_pct
    from stg_reference__target as targets
    inner join int_regions_nested as regions
        on targets.region_code = regions.region_code
    inner join settings
        on regions.ancestor_code = settings.home_region_code

),

joined as (

    select
        evaluations.plan,
        evaluations.evaluation,
        targets.region_code,
        targets.metric,
        targets.unit,
        case
            when progress.year is null then 'no_data' else progress.reason
        end as reason,
        evaluations.year,
        targets.base_year,
        targets.target_year,
        coalesce(progress.months_reported, 0) as months_reported,
        targets.change_pct as change_pct_target,
        progress.base_value,
        progress.value,
        progress.allowed_value,
        progress.change_pct,
        progress.progress_pct,
        cast(
            cast(
                (least(evaluations.year, targets.target_year) - targets.base_year) * 100
                as decimal(30, 12)
            ) / (targets.target_year - targets.base_year) as decimal(9, 4)
        ) as elapsed_pct,
        progress.gap,
        rates.needed_rate_pct,
        progress.is_on_track,
        targets.source,
        targets.grade,
        evaluations.source as evaluation_source,
        evaluations.grade as evaluation_grade
    from evaluations
    inner join targets
        on evaluations.plan = targets.plan
    left join target_progress as progress
        on
            targets.plan = progress.plan
            and targets.region_code = progress.region_code
            and targets.metric = progress.metric
            and targets.unit = progress.unit
            and evaluations.year = progress.year
    left join target_rate_year as rates
        on
            targets.plan = rates.plan
            and targets.region_code = rates.region_code
            and targets.metric = rates.metric
            and evaluations.year = rates.year

)

select
    plan,
    evaluation,
    region_code,
    metric,
    unit,
    case
        when reason is not null then null
        when year >= target_year and is_on_track then 'met'
        when year >= target_year then 'not_met'
        when is_on_track then 'on_track'
        else 'behind'
    end as result,
    reason,
    year,
    base_year,
    target_year,
    months_reported,
    change_pct_target,
    base_value,
    value,
    allowed_value,
    change_pct,
    progress_pct,
    elapsed_pct,
    gap,
    needed_rate_pct,
    source,
    grade,
    evaluation_source,
    evaluation_grade
from joined
