-- grain: organization_id, month
-- purpose: energy of an organisation's buildings in a month against the degree days of its region: per
-- degree day, and per square metre and degree day, which adds up over organisations and months
with

forms as (

    select organization_id, month, region_code, class_code, year, floor_m2
    from int_forms_placed

),

energy as (

    select
        organization_id,
        month,
        sum(coalesce(energy_kgce, 0)) - sum(coalesce(vehicle_energy_kgce, 0))
            as energy_kgce,
        sum(
            case
                when carrier = 'electricity' and unit = 'kWh' then quantity else 0
            end
        ) as electricity_kwh
    from energy_month
    group by organization_id, month

),

weather as (

    select
        region_code,
        month,
        heating_degree_days,
        cooling_degree_days,
        degree_days,
        is_complete
    from degree_day_month

),

joined as (

    select
        forms.organization_id,
        forms.month,
        forms.region_code,
        forms.class_code,
        regions.weather_region_code,
        case
            when weather.month is null then 'no_weather'
            when not weather.is_complete then 'weather_incomplete'
            when weather.degree_days = 0 then 'no_degree_days'
        end as reason,
        forms.year,
        forms.floor_m2,
        cast(coalesce(energy.energy_kgce, 0) as decimal(18, 4)) as energy_kgce,
        cast(coalesce(energy.electricity_kwh, 0) as decimal(18, 4)) as electricity_kwh,
        weather.heating_degree_days,
        weather.cooling_degree_days,
        weather.degree_days
    from forms
    left join energy
        on
            forms.organization_id = energy.organization_id
            and forms.month = energy.month
    left join int_regions_weathered as regions
        on forms.region_code = regions.region_code
    left join weather
        on
            regions.weather_region_code = weather.region_code
            and forms.month = weather.month

)

select
    organization_id,
    month,
    region_code,
    class_code,
    weather_region_code,
    reason,
    year,
    floor_m2,
    energy_kgce,
    electricity_kwh,
    heating_degree_days,
    cooling_degree_days,
    degree_days,
    case
        when reason is null and floor_m2 > 0 then energy_kgce
        else cast(0 as decimal(18, 4))
    end as compared_energy_kgce,
    case
        when reason is null and floor_m2 > 0
            then cast(floor_m2 * degree_days as decimal(18, 4))
        else cast(0 as decimal(18, 4))
    end as compared_area_degree_days,
    case
        when reason is null
            then
                cast(
                    cast(energy_kgce as decimal(30, 12)) / degree_days
                    as decimal(18, 8)
                )
    end as energy_per_degree_day
from joined
