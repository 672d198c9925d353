-- grain: standard_no, organization_id, year, indicator
-- purpose: each intensity of an organisation that a quota covers, against its limit, base and guide
-- values (约束值, 基准值, 引导值). In a year that is not over the three are taken pro rata to the
-- months reported; PUE is a ratio of flows and needs none. A quota holds by the last day of the year.
-- The amounts are numerators: that of the indicator, and what each value allows for its denominator. They
-- are held against each other only where the quota is in the unit of the indicator, numerator by
-- denominator; the unit then differs by row, and a plain number stands for it.
-- unit: used_amount 1, limit_amount 1, base_amount 1, guide_amount 1, year_months month
with

settings as (

    select
        max(
            case when name = 'energy_coefficient_set' then value end
        ) as coefficient_set_id,
        12 as year_months
    from stg_reference__setting

),

quotas as (

    select
        standard_no,
        class_code,
        indicator,
        unit,
        coefficient_set_id,
        limit_value,
        base_value,
        guide_value,
        from_date,
        to_date
    from stg_reference__quota
    where subclass = 'all' and zone = 'all'

),

indicators as (

    select
        organization_id,
        year,
        indicator,
        region_code,
        class_code,
        unit,
        reason,
        months_reported,
        numerator,
        denominator,
        value,
        is_complete,
        cast(concat(cast(year as varchar), '-12-31') as date) as year_end_date
    from energy_indicator_year

),

matched as (

    select
        quotas.standard_no,
        indicators.organization_id,
        indicators.year,
        indicators.indicator,
        indicators.region_code,
        indicators.class_code,
        indicators.unit,
        quotas.unit as quota_unit,
        quotas.coefficient_set_id,
        case
            when indicators.reason is not null then indicators.reason
            when quotas.unit <> indicators.unit then 'unit_differs'
            when
                indicators.unit in ('kgce/person', 'kgce/m2')
                and quotas.coefficient_set_id <> settings.coefficient_set_id
                then 'other_coefficient_set'
        end as reason,
        indicators.months_reported,
        indicators.numerator as used_amount,
        quotas.limit_value * indicators.denominator as limit_amount,
        quotas.base_value * indicators.denominator as base_amount,
        quotas.guide_value * indicators.denominator as guide_amount,
        indicators.value,
        quotas.limit_value,
        quotas.base_value,
        quotas.guide_value,
        case
            when indicators.indicator = 'pue' then settings.year_months
            else indicators.months_reported
        end as quota_months,
        settings.year_months,
        indicators.is_complete
    from indicators
    inner join quotas
        on
            indicators.class_code = quotas.class_code
            and indicators.indicator = quotas.indicator
            and indicators.year_end_date between quotas.from_date and quotas.to_date
    cross join settings

),

prorated as (

    select
        standard_no,
        organization_id,
        year,
        indicator,
        region_code,
        class_code,
        unit,
        quota_unit,
        coefficient_set_id,
        reason,
        months_reported,
        quota_months,
        year_months,
        used_amount,
        limit_amount,
        base_amount,
        guide_amount,
        value,
        limit_value,
        base_value,
        guide_value,
        cast(
            cast(limit_value as decimal(30, 12)) * quota_months / year_months
            as decimal(18, 8)
        ) as limit_to_date_value,
        cast(
            cast(base_value as decimal(30, 12)) * quota_months / year_months
            as decimal(18, 8)
        ) as base_to_date_value,
        cast(
            cast(guide_value as decimal(30, 12)) * quota_months / year_months
            as decimal(18, 8)
        ) as guide_to_date_value,
        is_complete
    from matched

),

judged as (

    select
        standard_no,
        organization_id,
        year,
        indicator,
        region_code,
        class_code,
        unit,
        quota_unit,
        coefficient_set_id,
        reason,
        -- Products instead of the rounded value: a value equal to its quota is within it.
        case
            when reason is not null then null
            when used_amount * year_months > limit_amount * quota_months
                then 'over_limit'
            when used_amount * year_months > base_amount * quota_months
                then 'over_base'
            when used_amount * year_months > guide_amount * quota_months
                then 'over_guide'
            else 'within_guide'
        end as band,
        months_reported,
        quota_months,
        year_months,
        used_amount,
        limit_amount,
        base_amount,
        guide_amount,
        value,
        limit_value,
        base_value,
        guide_value,
        limit_to_date_value,
        base_to_date_value,
        guide_to_date_value,
        is_complete
    from prorated

)

select
    standard_no,
    organization_id,
    year,
    indicator,
    region_code,
    class_code,
    unit,
    quota_unit,
    coefficient_set_id,
    reason,
    band,
    months_reported,
    value,
    limit_value,
    base_value,
    guide_value,
    limit_to_date_value,
    base_to_date_value,
    guide_to_date_value,
    case
        when reason is null
            then
                cast(
                    cast(used_amount * 100 as decimal(34, 12))
                    / nullif(limit_amount, 0) as decimal(24, 4)
                )
    end as limit_used_pct,
    cast(
        cast(quota_months * 100 as decimal(30, 12)) / year_months as decimal(9, 4)
    ) as limit_due_pct,
    case
        when reason is null
            then
                cast(
                    cast(value as decimal(30, 12)) * year_months / quota_months
                    as decimal(18, 8)
                )
    end as forecast_value,
    coalesce(band = 'over_limit', false) as is_over_limit,
    coalesce(band = 'over_limit' and not is_complete, false) as is_warning,
    is_complete
from judged
