-- grain: organization_id, year, carrier
-- purpose: the change of CO2 on the year before, by additive LMDI: C = floor area × energy per area × share
-- of the carrier × CO2 per energy; each effect is L(C1, C0) × ln(x1 / x0) with the logarithmic mean L.
-- Effects are rounded once and the remainder of rounding goes to the largest, so they add up exactly
with

pairs as (

    select
        organization_id,
        year,
        carrier,
        before_kgce,
        after_kgce,
        before_total_kgce,
        after_total_kgce,
        before_co2_kg,
        after_co2_kg,
        before_m2,
        after_m2
    from int_carbon_paired

),

-- Where one side is nothing there is no logarithm and the limit holds: an organisation that appears or
-- goes is activity, a carrier taken up or given up is mix, energy that emits on one side only (all of
-- it from the roof on the other) is factor.
judged as (

    select
        organization_id,
        year,
        carrier,
        before_kgce,
        after_kgce,
        before_total_kgce,
        after_total_kgce,
        before_co2_kg,
        after_co2_kg,
        before_m2,
        after_m2,
        after_co2_kg - before_co2_kg as change_kg,
        case
            when before_co2_kg < 0 or after_co2_kg < 0 then 'negative'
            when before_co2_kg = 0 and after_co2_kg = 0 then 'none'
            when before_total_kgce <= 0 or after_total_kgce <= 0 then 'activity'
            when before_kgce <= 0 or after_kgce <= 0 then 'mix'
            when before_co2_kg = 0 or after_co2_kg = 0 then 'factor'
            when before_m2 is null or after_m2 is null then 'no_floor_area'
            else 'all'
        end as way
    from pairs

),

-- Floats stay in these five columns and are rounded before they touch a decimal. Near equality the
-- logarithmic mean is taken from its series, because the quotient would lose its digits.
weighed as (

    select
        organization_id,
        year,
        carrier,
        before_co2_kg,
        after_co2_kg,
        change_kg,
        way,
        case
            when way <> 'all' then null
            when abs(change_kg) * 1000 < before_co2_kg + after_co2_kg
                then
                    cast(
                        cast(before_co2_kg + after_co2_kg as double) / 2
                        / (
                            1
                            + power(
                                cast(change_kg as double)
                                / cast(before_co2_kg + after_co2_kg as double),
                                2
                            )
                            / 3
                        )
                        as decimal(18, 4)
                    )
            else
                cast(
                    cast(change_kg as double)
                    / ln(cast(after_co2_kg as double) / cast(before_co2_kg as double))
                    as decimal(18, 4)
                )
        end as weight_kg,
        case
            when way = 'all'
                then
                    cast(
                        ln(cast(after_m2 as double) / cast(before_m2 as double))
                        as decimal(18, 12)
                    )
        end as activity_log,
        case
            when way = 'all'
                then
                    cast(
                        ln(
                            cast(after_total_kgce as double)
                            / cast(before_total_kgce as double)
                        )
                        - ln(cast(after_m2 as double) / cast(before_m2 as double))
                        as decimal(18, 12)
                    )
        end as intensity_log,
        case
            when way = 'all'
                then
                    cast(
                        ln(cast(after_kgce as double) / cast(before_kgce as double))
                        - ln(
                            cast(after_total_kgce as double)
                            / cast(before_total_kgce as double)
                        )
                        as decimal(18, 12)
                    )
        end as mix_log,
        case
            when way = 'all'
                then
                    cast(
                        ln(
                            cast(after_co2_kg as double) / cast(before_co2_kg as double)
                        )
                        - ln(cast(after_kgce as double) / cast(before_kgce as double))
                        as decimal(18, 12)
                    )
        end as factor_log
    from judged

),

rounded as (

    select
        organization_id,
        year,
        carrier,
        before_co2_kg,
        after_co2_kg,
        change_kg,
        way,
        case
            when way = 'all' then cast(weight_kg * activity_log as decimal(18, 4))
            when way = 'activity' then change_kg
            else 0
        end as activity_kg,
        case
            when way = 'all' then cast(weight_kg * intensity_log as decimal(18, 4))
            else 0
        end as intensity_kg,
        case
            when way = 'all' then cast(weight_kg * mix_log as decimal(18, 4))
            when way = 'mix' then change_kg
            else 0
        end as mix_kg,
        case
            when way = 'all' then cast(weight_kg * factor_log as decimal(18, 4))
            when way = 'factor' then change_kg
            else 0
        end as factor_kg,
        case
            when way in ('negative', 'no_floor_area') then change_kg else 0
        end as unexplained_kg
    from weighed

),

remainders as (

    select
        organization_id,
        year,
        carrier,
        before_co2_kg,
        after_co2_kg,
        change_kg,
        way,
        activity_kg,
        intensity_kg,
        mix_kg,
        factor_kg,
        unexplained_kg,
        change_kg
        - activity_kg
        - intensity_kg
        - mix_kg
        - factor_kg
        - unexplained_kg as remainder_kg,
        greatest(
            abs(activity_kg),
            abs(intensity_kg),
            abs(mix_kg),
            abs(factor_kg)
        ) as largest_kg
    from rounded

),

-- Among equals the first in the order of the formula takes the remainder.
takers as (

    select
        organization_id,
        year,
        carrier,
        before_co2_kg,
        after_co2_kg,
        change_kg,
        way,
        activity_kg,
        intensity_kg,
        mix_kg,
        factor_kg,
        unexplained_kg,
        remainder_kg,
        case
            when abs(activity_kg) = largest_kg then 'activity'
            when abs(intensity_kg) = largest_kg then 'intensity'
            when abs(mix_kg) = largest_kg then 'mix'
            else 'factor'
        end as taker
    from remainders

)

select
    takers.organization_id,
    takers.year,
    takers.carrier,
    organizations.region_code,
    organizations.class_code,
    case
        when takers.way in ('negative', 'no_floor_area') then takers.way
    end as reason,
    cast(takers.before_co2_kg as decimal(18, 4)) as before_co2_kg,
    cast(takers.after_co2_kg as decimal(18, 4)) as after_co2_kg,
    cast(takers.change_kg as decimal(18, 4)) as change_co2_kg,
    cast(
        takers.activity_kg
        + case when takers.taker = 'activity' then takers.remainder_kg else 0 end
        as decimal(18, 4)
    ) as activity_co2_kg,
    cast(
        takers.intensity_kg
        + case when takers.taker = 'intensity' then takers.remainder_kg else 0 end
        as decimal(18, 4)
    ) as intensity_co2_kg,
    cast(
        takers.mix_kg
        + case when takers.taker = 'mix' then takers.remainder_kg else 0 end
        as decimal(18, 4)
    ) as mix_co2_kg,
    cast(
        takers.factor_kg
        + case when takers.taker = 'factor' then takers.remainder_kg else 0 end
        as decimal(18, 4)
    ) as factor_co2_kg,
    cast(takers.unexplained_kg as decimal(18, 4)) as unexplained_co2_kg
from takers
left join int_organizations_dated as organizations
    on
        takers.organization_id = organizations.organization_id
        and cast(concat(cast(takers.year as varchar), '-12-31') as date)
        between organizations.holds_from_date and organizations.holds_to_date
