-- grain: year, carrier, year_factor_id, fixed_factor_id
-- purpose: the factors by which the carbon of a year was computed, with what they were applied to, and
-- how many years a factor was carried forward
with

carbon as (

    select
        year,
        carrier,
        year_factor_id,
        fixed_factor_id,
        scope,
        unit,
        sum(quantity) as quantity,
        sum(co2_fixed_kg) as co2_fixed_kg,
        sum(co2_year_kg) as co2_year_kg,
        bool_or(is_carried_forward) as is_carried_forward
    from carbon_month
    where reason is null
    group by year, carrier, year_factor_id, fixed_factor_id, scope, unit

),

factors as (

    select factor_id, unit, grade, year, kgco2_per_unit
    from stg_reference__emission_factor

)

select
    carbon.year,
    carbon.carrier,
    carbon.year_factor_id,
    carbon.fixed_factor_id,
    carbon.scope,
    carbon.unit,
    year_factors.grade as year_factor_grade,
    fixed_factors.grade as fixed_factor_grade,
    year_factors.year as year_factor_year,
    case
        when year_factors.year is not null then carbon.year - year_factors.year
    end as years_carried,
    year_factors.kgco2_per_unit as year_factor_value,
    fixed_factors.kgco2_per_unit as fixed_factor_value,
    cast(carbon.quantity as decimal(18, 4)) as quantity,
    cast(carbon.co2_fixed_kg as decimal(18, 4)) as co2_fixed_kg,
    cast(carbon.co2_year_kg as decimal(18, 4)) as co2_year_kg,
    carbon.is_carried_forward
from carbon
left join factors as year_factors
    on
        carbon.year_factor_id = year_factors.factor_id
        and carbon.unit = year_factors.unit
left join factors as fixed_factors
    on
        carbon.fixed_factor_id = fixed_factors.factor_id
        and carbon.unit = fixed_factors.unit
