-- grain: region_code, year, metric
-- purpose: numerator and denominator of each target's metric for a region: the sums over all
-- organisations in and below it
-- unit: months_reported month
with

settings as (

    select
        max(
            case when name = 'energy_per_area_numerator' then value end
        ) as energy_per_area_numerator
    from stg_reference__setting

),

sums as (

    select
        int_regions_nested.ancestor_code as region_code,
        intensity_year.year,
        sum(intensity_year.energy_kgce) as energy_kgce,
        sum(intensity_year.vehicle_energy_kgce) as vehicle_energy_kgce,
        sum(intensity_year.water_m3) as water_m3,
        sum(intensity_year.co2_fixed_kg) as co2_fixed_kg,
        sum(intensity_year.people) as people,
        sum(intensity_year.floor_m2) as floor_m2
    from intensity_year
    inner join int_regions_nested
        on intensity_year.region_code = int_regions_nested.region_code
    group by int_regions_nested.ancestor_code, intensity_year.year

),

reported as (

    select
        int_regions_nested.ancestor_code as region_code,
        int_forms_placed.year,
        count(distinct int_forms_placed.month) as months_reported
    from int_forms_placed
    inner join int_regions_nested
        on int_forms_placed.region_code = int_regions_nested.region_code
    group by int_regions_nested.ancestor_code, int_forms_placed.year

),

metrics as (

    select
        region_code,
        year,
        'energy_per_capita' as metric,
        'kgce' as numerator_unit,
        'person' as denominator_unit,
        energy_kgce as numerator,
        people as denominator
    from sums
    union all
    select region_code, year, 'water_per_capita', 'm3', 'person', water_m3, people
    from sums
    union all
    select
        sums.region_code,
        sums.year,
        'energy_per_area',
        'kgce',
        'm2',
        case
            when settings.energy_per_area_numerator = 'excl_vehicle'
                then sums.energy_kgce - sums.vehicle_energy_kgce
            else sums.energy_kgce
        end,
        sums.floor_m2
    from sums
    cross join settings
    union all
    select region_code, year, 'co2_per_area', 'kgCO2', 'm2', co2_fixed_kg, floor_m2
    from sums

)

select
    metrics.region_code,
    metrics.year,
    metrics.metric,
    concat(metrics.numerator_unit, '/', metrics.denominator_unit) as unit,
    coalesce(reported.months_reported, 0) as months_reported,
    metrics.numerator,
    metrics.denominator,
    cast(
        cast(metrics.numerator as decimal(30, 12)) / nullif(metrics.denominator, 0)
        as decimal(18, 8)
    ) as value
from metrics
left join reported
    on
        metrics.region_code = reported.region_code
        and metrics.year = reported.year
