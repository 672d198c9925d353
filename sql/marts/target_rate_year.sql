-- grain: plan, region_code, metric, year
-- purpose: the change per year each target had reached by a year, the change per year it still needs from
-- there, and where it ends if it goes on as so far
-- unit: one_year year
with

targets as (

    select plan, region_code, metric, path from stg_reference__target

),

progress as (

    select
        progress.plan,
        progress.region_code,
        progress.metric,
        progress.year,
        progress.unit,
        targets.path,
        progress.reason,
        progress.base_year,
        progress.target_year,
        progress.change_pct_target,
        greatest(progress.target_year - progress.year, 0) as years_left,
        progress.year - progress.base_year as years_passed,
        least(progress.year, progress.target_year)
        - progress.base_year as years_elapsed,
        progress.target_year - progress.base_year as years_planned,
        1 as one_year,
        progress.base_value,
        cast(
            progress.base_value * (1 + progress.change_pct_target / 100)
            as decimal(18, 8)
        ) as target_value,
        progress.value,
        case when progress.reason is null then progress.value end as judged_value
    from target_progress as progress
    inner join targets
        on
            progress.plan = targets.plan
            and progress.region_code = targets.region_code
            and progress.metric = targets.metric

),

-- The roots are floats, as in target_progress: rounded to twelve places before they touch a decimal,
-- coarser than two machines differ in.
roots as (

    select
        plan,
        region_code,
        metric,
        year,
        cast(
            power(
                cast(1 + change_pct_target / 100 as double),
                cast(one_year as double) / cast(years_planned as double)
            ) as decimal(18, 12)
        ) as planned_factor,
        cast(
            power(
                cast(1 + change_pct_target / 100 as double),
                cast(years_elapsed as double) / cast(years_planned as double)
            ) as decimal(18, 12)
        ) as allowed_factor,
        case
            when years_passed > 0 and judged_value > 0
                then
                    cast(
                        power(
                            cast(judged_value as double) / cast(base_value as double),
                            cast(one_year as double) / cast(years_passed as double)
                        ) as decimal(18, 12)
                    )
        end as reached_factor,
        case
            when years_passed > 0 and judged_value > 0
                then
                    cast(
                        power(
                            cast(judged_value as double) / cast(base_value as double),
                            cast(years_left as double) / cast(years_passed as double)
                        ) as decimal(18, 12)
                    )
        end as forecast_factor,
        case
            when years_left > 0 and judged_value > 0
                then
                    cast(
                        power(
                            cast(target_value as double) / cast(judged_value as double),
                            cast(one_year as double) / cast(years_left as double)
                        ) as decimal(18, 12)
                    )
        end as needed_factor
    from progress

),

rated as (

    select
        progress.plan,
        progress.region_code,
        progress.metric,
        progress.year,
        progress.unit,
        progress.path,
        case
            when progress.reason is not null then progress.reason
            when progress.years_left = 0 then 'target_year_reached'
            when progress.judged_value = 0 then 'zero_value'
        end as reason,
        progress.base_year,
        progress.target_year,
        progress.years_left,
        progress.base_value,
        progress.target_value,
        progress.value,
        cast(
            progress.base_value * roots.allowed_factor as decimal(18, 8)
        ) as allowed_geometric_value,
        cast(
            progress.base_value
            * (
                1
                + cast(
                    cast(
                        progress.change_pct_target * progress.years_elapsed
                        as decimal(30, 14)
                    ) / (100 * progress.years_planned) as decimal(18, 12)
                )
            ) as decimal(18, 8)
        ) as allowed_linear_value,
        cast((roots.planned_factor - 1) * 100 as decimal(18, 8)) as planned_rate_pct,
        cast((roots.reached_factor - 1) * 100 as decimal(18, 8)) as reached_rate_pct,
        cast((roots.needed_factor - 1) * 100 as decimal(18, 8)) as needed_rate_pct,
        cast(
            cast(progress.target_value - progress.judged_value as decimal(30, 12))
            / nullif(progress.years_left, 0) as decimal(18, 8)
        ) as needed_step_value,
        cast(
            progress.judged_value * roots.forecast_factor as decimal(18, 8)
        ) as forecast_value,
        coalesce(
            progress.year = max(
                case when progress.reason is null then progress.year end
            ) over (
                partition by progress.plan, progress.region_code, progress.metric
            ),
            false
        ) as is_newest
    from progress
    inner join roots
        on
            progress.plan = roots.plan
            and progress.region_code = roots.region_code
            and progress.metric = roots.metric
            and progress.year = roots.year

)

select
    plan,
    region_code,
    metric,
    year,
    unit,
    path,
    reason,
    base_year,
    target_year,
    years_left,
    base_value,
    target_value,
    value,
    allowed_geometric_value,
    allowed_linear_value,
    planned_rate_pct,
    reached_rate_pct,
    needed_rate_pct,
    needed_step_value,
    forecast_value,
    forecast_value <= target_value as is_forecast_within,
    is_newest
from rated
