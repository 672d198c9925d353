-- severity: error
-- purpose: energy of buildings and vehicles together is that of energy_month
with

whole as (

    select
        year,
        sum(coalesce(energy_kgce, 0) - coalesce(vehicle_energy_kgce, 0)) as energy_kgce
    from energy_month
    group by year

),

weathered as (

    select year, sum(energy_kgce) as energy_kgce
    from energy_weather_month
    group by year

)

select whole.year, whole.energy_kgce, weathered.energy_kgce as weathered_energy_kgce
from whole
left join weathered
    on whole.year = weathered.year
where whole.energy_kgce <> coalesce(weathered.energy_kgce, 0)
