-- grain: organization_id, year, indicator
-- purpose: each intensity of an organisation in a year with its numerator and denominator, or the reason
-- why it has no value
with

years as (

    select
        energy_part_year.organization_id,
        energy_part_year.year,
        energy_part_year.region_code,
        energy_part_year.class_code,
        energy_part_year.months_reported,
        energy_part_year.people,
        energy_part_year.floor_m2,
        energy_part_year.heating_floor_m2,
        energy_part_year.energy_kgce,
        energy_part_year.energy_excl_vehicle_kgce,
        energy_part_year.energy_of_area_kgce,
        energy_part_year.heating_energy_kgce,
        energy_part_year.non_heating_energy_kgce,
        energy_part_year.electricity_kwh,
        energy_part_year.regular_electricity_kwh,
        energy_part_year.data_centre_electricity_kwh,
        case
            when energy_part_year.pue_it_kwh > 0
                then energy_part_year.pue_electricity_kwh
            else energy_part_year.data_centre_electricity_kwh
        end as pue_electricity_kwh,
        energy_part_year.pue_it_kwh,
        intensity_year.water_m3,
        intensity_year.co2_fixed_kg,
        intensity_year.co2_year_kg,
        energy_part_year.is_complete
    from energy_part_year
    inner join intensity_year
        on
            energy_part_year.organization_id = intensity_year.organization_id
            and energy_part_year.year = intensity_year.year

),

indicators as (

    select 'energy_per_capita' as indicator
    union all
    select 'energy_per_area'
    union all
    select 'energy_per_area_all'
    union all
    select 'energy_per_area_excl_vehicle'
    union all
    select 'non_heating_energy_per_area'
    union all
    select 'heating_energy_per_area'
    union all
    select 'electricity_per_area'
    union all
    select 'regular_electricity_per_area'
    union all
    select 'water_per_capita'
    union all
    select 'co2_per_area'
    union all
    select 'co2_per_area_year'
    union all
    select 'co2_per_capita'
    union all
    select 'co2_per_capita_year'
    union all
    select 'pue'

),

measured as (

    select
        years.organization_id,
        years.year,
        indicators.indicator,
        years.region_code,
        years.class_code,
        case indicators.indicator
            when 'energy_per_capita' then 'kgce'
            when 'energy_per_area' then 'kgce'
            when 'energy_per_area_all' then 'kgce'
            when 'energy_per_area_excl_vehicle' then 'kgce'
            when 'non_heating_energy_per_area' then 'kgce'
            when 'heating_energy_per_area' then 'kgce'
            when 'electricity_per_area' then 'kWh'
            when 'regular_electricity_per_area' then 'kWh'
            when 'water_per_capita' then 'm3'
            when 'co2_per_area' then 'kgCO2'
            when 'co2_per_area_year' then 'kgCO2'
            when 'co2_per_capita' then 'kgCO2'
            when 'co2_per_capita_year' then 'kgCO2'
            when 'pue' then 'kWh'
        end as numerator_unit,
        case indicators.indicator
            when 'energy_per_capita' then 'person'
            when 'energy_per_area' then 'm2'
            when 'energy_per_area_all' then 'm2'
            when 'energy_per_area_excl_vehicle' then 'm2'
            when 'non_heating_energy_per_area' then 'm2'
            when 'heating_energy_per_area' then 'm2'
            when 'electricity_per_area' then 'm2'
            when 'regular_electricity_per_area' then 'm2'
            when 'water_per_capita' then 'person'
            when 'co2_per_area' then 'm2'
            when 'co2_per_area_year' then 'm2'
            when 'co2_per_capita' then 'person'
            when 'co2_per_capita_year' then 'person'
            when 'pue' then 'kWh'
        end as denominator_unit,
        years.months_reported,
        case indicators.indicator
            when 'energy_per_capita' then years.energy_kgce
            when 'energy_per_area' then years.energy_of_area_kgce
            when 'energy_per_area_all' then years.energy_kgce
            when 'energy_per_area_excl_vehicle' then years.energy_excl_vehicle_kgce
            when 'non_heating_energy_per_area' then years.non_heating_energy_kgce
            when 'heating_energy_per_area' then years.heating_energy_kgce
            when 'electricity_per_area' then years.electricity_kwh
            when 'regular_electricity_per_area' then years.regular_electricity_kwh
            when 'water_per_capita' then years.water_m3
            when 'co2_per_area' then years.co2_fixed_kg
            when 'co2_per_area_year' then years.co2_year_kg
            when 'co2_per_capita' then years.co2_fixed_kg
            when 'co2_per_capita_year' then years.co2_year_kg
            when 'pue' then years.pue_electricity_kwh
        end as numerator,
        case indicators.indicator
            when 'energy_per_capita' then years.people
            when 'energy_per_area' then years.floor_m2
            when 'energy_per_area_all' then years.floor_m2
            when 'energy_per_area_excl_vehicle' then years.floor_m2
            when 'non_heating_energy_per_area' then years.floor_m2
            when 'heating_energy_per_area' then years.heating_floor_m2
            when 'electricity_per_area' then years.floor_m2
            when 'regular_electricity_per_area' then years.floor_m2
            when 'water_per_capita' then years.people
            when 'co2_per_area' then years.floor_m2
            when 'co2_per_area_year' then years.floor_m2
            when 'co2_per_capita' then years.people
            when 'co2_per_capita_year' then years.people
            when 'pue' then years.pue_it_kwh
        end as denominator,
        years.is_complete
    from years
    cross join indicators
    where
        case indicators.indicator
            when 'heating_energy_per_area'
                then years.heating_energy_kgce > 0 or years.heating_floor_m2 > 0
            when 'pue' then years.data_centre_electricity_kwh > 0
            else true
        end

)

select
    organization_id,
    year,
    indicator,
    region_code,
    class_code,
    case
        when numerator_unit = denominator_unit then '1'
        else concat(numerator_unit, '/', denominator_unit)
    end as unit,
    numerator_unit,
    denominator_unit,
    case
        when denominator > 0 then null
        when indicator = 'pue' then 'no_it_metering'
        else 'no_denominator'
    end as reason,
    months_reported,
    cast(numerator as decimal(18, 4)) as numerator,
    cast(denominator as decimal(18, 4)) as denominator,
    -- One quotient, told apart as `unit` is, so that the unit of either is known.
    cast(
        case
            when numerator_unit = denominator_unit
                then cast(numerator as decimal(30, 12)) / nullif(denominator, 0)
            else cast(numerator as decimal(30, 12)) / nullif(denominator, 0)
        end as decimal(18, 8)
    ) as value,
    is_complete
from measured
