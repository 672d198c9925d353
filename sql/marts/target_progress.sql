-- grain: plan, region_code, metric, year
-- purpose: each target of the region served in each year since its base year, held against the value
-- that the target's path allows. A base that was decided holds; else the base year's value is computed
with

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
        targets.path,
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

years as (

    select distinct year from intensity_year

),

measured as (

    select region_code, year, metric, unit, months_reported, value
    from int_targets_measured

),

base_values as (

    select region_code, year as base_year, metric, unit, value as base_value
    from measured
    where months_reported = 12

),

paired as (

    select
        targets.plan,
        targets.region_code,
        targets.metric,
        years.year,
        targets.unit,
        targets.path,
        targets.source,
        targets.grade,
        targets.base_year,
        targets.target_year,
        targets.change_pct,
        least(years.year, targets.target_year) - targets.base_year as years_elapsed,
        targets.target_year - targets.base_year as years_planned,
        coalesce(measured.months_reported, 0) as months_reported,
        coalesce(decided.base_value, base_values.base_value) as base_value,
        measured.value,
        case
            when coalesce(measured.months_reported, 0) = 0 then 'no_data'
            when measured.value is null then 'no_denominator'
            when measured.months_reported < 12 then 'year_incomplete'
            when coalesce(decided.base_value, base_values.base_value) is null
                then 'no_base_value'
        end as reason
    from targets
    inner join years
        on targets.base_year <= years.year
    left join measured
        on
            targets.region_code = measured.region_code
            and targets.metric = measured.metric
            and targets.unit = measured.unit
            and years.year = measured.year
    left join base_values
        on
            targets.region_code = base_values.region_code
            and targets.metric = base_values.metric
            and targets.unit = base_values.unit
            and targets.base_year = base_values.base_year
    left join int_bases_decided as decided
        on
            targets.plan = decided.plan
            and targets.region_code = decided.region_code
            and targets.metric = decided.metric
            and targets.unit = decided.unit

),

allowed as (

    select
        plan,
        region_code,
        metric,
        year,
        unit,
        reason,
        base_year,
        target_year,
        change_pct as change_pct_target,
        base_value,
        value,
        -- The root of the geometric path is the one float of the marts: it is rounded to
        -- twelve places before it touches a decimal, coarser than two machines differ in.
        cast(
            base_value * case path
                when 'linear'
                    then
                        1
                        + cast(
                            cast(change_pct * years_elapsed as decimal(30, 14))
                            / (100 * years_planned)
                            as decimal(18, 12)
                        )
                else cast(
                    power(
                        cast(1 + change_pct / 100 as double),
                        cast(years_elapsed as double) / cast(years_planned as double)
                    ) as decimal(18, 12)
                )
            end
            as decimal(18, 8)
        ) as allowed_value,
        months_reported,
        source,
        grade
    from paired

),

compared as (

    select
        plan,
        region_code,
        metric,
        year,
        unit,
        reason,
        base_year,
        target_year,
        change_pct_target,
        base_value,
        value,
        case
            when reason is null
                then
                    cast(
                        cast((value - base_value) * 100 as decimal(30, 12))
                        / nullif(base_value, 0)
                        as decimal(18, 8)
                    )
        end as change_pct,
        allowed_value,
        case when reason is null then value - allowed_value end as gap,
        months_reported,
        source,
        grade
    from allowed

)

select
    plan,
    region_code,
    metric,
    year,
    unit,
    reason,
    base_year,
    target_year,
    change_pct_target,
    base_value,
    value,
    change_pct,
    cast(
        cast(change_pct * 100 as decimal(30, 12)) / nullif(change_pct_target, 0)
        as decimal(18, 8)
    ) as progress_pct,
    allowed_value,
    gap,
    cast(
        cast(gap * 100 as decimal(30, 12)) / nullif(allowed_value, 0)
        as decimal(18, 8)
    ) as gap_pct,
    months_reported,
    case when reason is null then value <= allowed_value end as is_on_track,
    source,
    grade
from compared
