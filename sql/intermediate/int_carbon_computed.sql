-- grain: organization_id, month, carrier
-- purpose: CO2 of each carrier by the fixed factor and by the factor of the year, each with its id
with

carriers as (

    select
        organization_id,
        month,
        carrier,
        region_code,
        province_code,
        class_code,
        unit,
        year,
        emitting_quantity
    from int_carriers_converted
    where carrier <> 'water'

),

fixed_factors as (

    select province_code, carrier, factor_id, unit, scope, kgco2_per_unit
    from int_factors_fixed

),

year_factors as (

    select
        province_code,
        year,
        carrier,
        factor_id,
        unit,
        scope,
        kgco2_per_unit,
        is_carried_forward
    from int_factors_chosen

)

select
    carriers.organization_id,
    carriers.month,
    carriers.carrier,
    carriers.region_code,
    carriers.class_code,
    coalesce(year_factors.scope, fixed_factors.scope) as scope,
    fixed_factors.factor_id as fixed_factor_id,
    year_factors.factor_id as year_factor_id,
    case
        when fixed_factors.factor_id is null or year_factors.factor_id is null
            then 'no_factor'
    end as reason,
    carriers.unit,
    carriers.year,
    carriers.emitting_quantity as quantity,
    cast(
        carriers.emitting_quantity * fixed_factors.kgco2_per_unit as decimal(18, 4)
    ) as co2_fixed_kg,
    cast(
        carriers.emitting_quantity * year_factors.kgco2_per_unit as decimal(18, 4)
    ) as co2_year_kg,
    coalesce(year_factors.is_carried_forward, false) as is_carried_forward
from carriers
left join fixed_factors
    on
        carriers.province_code = fixed_factors.province_code
        and carriers.carrier = fixed_factors.carrier
        and carriers.unit = fixed_factors.unit
left join year_factors
    on
        carriers.province_code = year_factors.province_code
        and carriers.year = year_factors.year
        and carriers.carrier = year_factors.carrier
        and carriers.unit = year_factors.unit
