-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules above_limit and below_guide: intensities of complete years against
-- the quota of the class. Quotas by subclass or climate zone wait until the register tells an
-- organisation's subclass and zone. A quota in another unit than the indicator is not compared.
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
        'kgce' as numerator_unit,
        quotas.unit,
        years.energy_kgce as numerator,
        quotas.limit_value * years.people as limit_amount,
        quotas.guide_value * years.people as guide_amount,
        cast(years.energy_kgce as decimal(30, 12)) / years.people as value,
        quotas.limit_value,
        quotas.guide_value,
        years.period_end_date
    from years
    inner join quotas
        on
            years.class_code = quotas.class_code
            and years.period_end_date between quotas.from_date and quotas.to_date
    where
        quotas.indicator = 'energy_per_capita'
        and quotas.unit = 'kgce/person'
        and years.people > 0
    union all
    select
        years.organization_id,
        years.year,
        quotas.indicator,
        'kgce',
        quotas.unit,
        years.energy_kgce,
        quotas.limit_value * years.floor_m2,
        quotas.guide_value * years.floor_m2,
        cast(years.energy_kgce as decimal(30, 12)) / years.floor_m2,
        quotas.limit_value,
        quotas.guide_value,
        years.period_end_date
    from years
    inner join quotas
        on
            years.class_code = quotas.class_code
            and years.period_end_date between quotas.from_date and quotas.to_date
    where
        quotas.indicator = 'energy_per_area'
        and quotas.unit = 'kgce/m2'
        and years.floor_m2 > 0
    union all
    select
        years.organization_id,
        years.year,
        quotas.indicator,
        'kgce',
        quotas.unit,
        years.energy_kgce - years.vehicle_energy_kgce,
        quotas.limit_value * years.floor_m2,
        quotas.guide_value * years.floor_m2,
        cast(years.energy_kgce - years.vehicle_energy_kgce as decimal(30, 12))
        / years.floor_m2,
        quotas.limit_value,
        quotas.guide_value,
        years.period_end_date
    from years
    inner join quotas
        on
            years.class_code = quotas.class_code
            and years.period_end_date between quotas.from_date and quotas.to_date
    where
        quotas.indicator = 'energy_per_area_excl_vehicle'
        and quotas.unit = 'kgce/m2'
        and years.floor_m2 > 0
    union all
    select
        years.organization_id,
        years.year,
        quotas.indicator,
        'm3',
        quotas.unit,
        years.water_m3,
        quotas.limit_value * years.people,
        quotas.guide_value * years.people,
        cast(years.water_m3 as decimal(30, 12)) / years.people,
        quotas.limit_value,
        quotas.guide_value,
        years.period_end_date
    from years
    inner join quotas
        on
            years.class_code = quotas.class_code
            and years.period_end_date between quotas.from_date and quotas.to_date
    where
        quotas.indicator = 'water_per_capita'
        and quotas.unit = 'm3/person'
        and years.people > 0

),

bounds as (

    select
        organization_id,
        year,
        indicator,
        numerator_unit,
        unit,
        numerator,
        value,
        case when numerator > limit_amount then 'above_limit' else 'below_guide' end
            as rule,
        case when numerator > limit_amount then limit_value else guide_value end
            as bound_value,
        case when numerator > limit_amount then limit_amount else guide_amount end
            as bound_amount,
        period_end_date
    from compared
    where numerator > limit_amount or numerator < guide_amount

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
    cast(value as decimal(18, 4)) as value,
    bound_value as expectation,
    cast(abs(numerator - bound_amount) as decimal(18, 4)) as difference,
    numerator_unit as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    period_end_date
from bounds
