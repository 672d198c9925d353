-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules above_limit and below_guide: intensities of complete years against
-- the quota of the class. Quotas by subclass or climate zone wait until the register tells an
-- organisation's subclass and zone.
with

quotas as (

    select class_code, indicator, unit, limit_value, guide_value, from_date, to_date
    from stg_reference__quota
    where subclass = 'all' and zone = 'all'

),

years as (

    select
        organization_id,
        year,
        class_code,
        people,
        floor_m2,
        energy_kgce,
        vehicle_energy_kgce,
        water_m3,
        cast(concat(cast(year as varchar), '-12-31') as date) as period_end_date
    from intensity_year
    where is_complete

),

compared as (

    select
        years.organization_id,
        years.year,
        quotas.indicator,
        quotas.unit,
        quotas.limit_value,
        quotas.guide_value,
        years.period_end_date,
        case quotas.indicator
            when 'energy_per_capita' then years.energy_kgce
            when 'energy_per_area' then years.energy_kgce
            when 'energy_per_area_excl_vehicle'
                then years.energy_kgce - years.vehicle_energy_kgce
            when 'water_per_capita' then years.water_m3
        end as numerator,
        case
            when quotas.indicator like '%_per_capita' then years.people
            else years.floor_m2
        end as denominator
    from years
    inner join quotas
        on
            years.class_code = quotas.class_code
            and years.period_end_date between quotas.from_date and quotas.to_date

),

bounds as (

    select
        organization_id,
        year,
        indicator,
        unit,
        numerator,
        denominator,
        case
            when numerator > limit_value * denominator then 'above_limit'
            else 'below_guide'
        end as rule,
        case
            when numerator > limit_value * denominator then limit_value
            else guide_value
        end as bound,
        period_end_date
    from compared
    where
        denominator > 0
        and (
            numerator > limit_value * denominator
            or numerator < guide_value * denominator
        )

)

select
    rule,
    indicator as rule_item,
    case
        when indicator = 'water_per_capita' then 'water' else 'energy'
    end as carrier,
    organization_id,
    cast(year as varchar) as period,
    indicator as item,
    unit,
    'quota' as basis,
    year,
    cast(12 as bigint) as months,
    cast(
        cast(numerator as decimal(30, 12)) / denominator as decimal(18, 4)
    ) as value,
    bound as expectation,
    cast(abs(numerator - bound * denominator) as decimal(18, 4)) as difference,
    cast(null as decimal(18, 2)) as difference_yuan,
    period_end_date
from bounds
