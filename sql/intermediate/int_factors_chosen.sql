-- grain: province_code, year, carrier
-- purpose: the emission factor of each province, year and carrier: the province's own series, else its
-- grid region's, else the country's; in it the exact year, else the latest earlier one (carried
-- forward), else a row for any year
with

years as (

    select distinct year from stg_energy__monthly

),

places as (

    select
        region_code as province_code,
        region_code as factor_region_code,
        1 as distance
    from stg_reference__region
    where level = 'province'
    union all
    select region_code, grid_region_code, 2
    from stg_reference__region
    where level = 'province' and grid_region_code is not null
    union all
    select region_code, 'CN', 3
    from stg_reference__region
    where level = 'province'
    union all
    select 'CN', 'CN', 3

),

candidates as (

    select
        places.province_code,
        years.year,
        factors.carrier,
        factors.factor_id,
        factors.unit,
        factors.scope,
        factors.kgco2_per_unit,
        coalesce(factors.year < years.year, false) as is_carried_forward,
        row_number() over (
            partition by places.province_code, years.year, factors.carrier
            order by places.distance asc, factors.year desc nulls last
        ) as choice
    from places
    inner join stg_reference__emission_factor as factors
        on places.factor_region_code = factors.region_code
    inner join years
        on factors.year <= years.year or factors.year is null

)

select
    province_code,
    year,
    carrier,
    factor_id,
    unit,
    scope,
    kgco2_per_unit,
    is_carried_forward
from candidates
where choice = 1
