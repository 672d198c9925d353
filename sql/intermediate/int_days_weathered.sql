-- grain: region_code, weather_date
-- purpose: mean temperature of a region's day, over its stations, and how far it is below the base of
-- heating and above the base of cooling,
-- as degree days of that one day
-- unit: day_count d
with

settings as (

    select
        cast(
            max(case when name = 'heating_base_degc' then value end) as decimal(9, 4)
        ) as heating_base_degc,
        cast(
            max(case when name = 'cooling_base_degc' then value end) as decimal(9, 4)
        ) as cooling_base_degc
    from stg_reference__setting

),

days as (

    select
        region_code,
        month,
        weather_date,
        cast(
            cast(sum(mean_degc) as decimal(30, 12)) / count(mean_degc)
            as decimal(18, 8)
        ) as mean_degc,
        count(distinct weather_date) as day_count,
        bool_and(is_middle) as is_middle
    from stg_energy__weather_day
    where region_code is not null and mean_degc is not null
    group by region_code, month, weather_date

)

select
    days.region_code,
    days.month,
    days.mean_degc,
    greatest(settings.heating_base_degc - days.mean_degc, 0)
    * days.day_count as heating_degree_days,
    greatest(days.mean_degc - settings.cooling_base_degc, 0)
    * days.day_count as cooling_degree_days,
    days.is_middle,
    days.weather_date
from days
cross join settings
