-- grain: province_code, carrier
-- purpose: the emission factor that stays fixed over the years, by which targets are judged: for
-- electricity the one the city has set, for others the row for any year of the nearest region, else
-- its earliest
with

set_electricity as (

    select
        factors.carrier,
        factors.factor_id,
        factors.unit,
        factors.scope,
        factors.kgco2_per_unit
    from stg_reference__emission_factor as factors
    inner join stg_reference__setting as settings
        on
            factors.factor_id = settings.value
            and settings.name = 'electricity_fixed_factor_id'

),

places as (

    select
        region_code as province_code,
        region_code as factor_region_code,
        1 as distance
    from stg_reference__region
    where level = 'province'
    union all
    select region_code, 'CN', 2
    from stg_reference__region
    where level = 'province'
    union all
    select 'CN', 'CN', 2

),

candidates as (

    select
        places.province_code,
        factors.carrier,
        factors.factor_id,
        factors.unit,
        factors.scope,
        factors.kgco2_per_unit,
        row_number() over (
            partition by places.province_code, factors.carrier
            order by places.distance asc, factors.year asc nulls first
        ) as choice
    from places
    inner join stg_reference__emission_factor as factors
        on places.factor_region_code = factors.region_code
    where factors.carrier <> 'electricity'

),

provinces as (

    select distinct province_code from places

)

select province_code, carrier, factor_id, unit, scope, kgco2_per_unit
from candidates
where choice = 1
union all
select
    provinces.province_code,
    set_electricity.carrier,
    set_electricity.factor_id,
    set_electricity.unit,
    set_electricity.scope,
    set_electricity.kgco2_per_unit
from provinces
cross join set_electricity
