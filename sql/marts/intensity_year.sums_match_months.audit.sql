-- severity: error
-- purpose: the energy, water and carbon of a year are those of its months
with

months as (

    select
        organization_id,
        year,
        sum(coalesce(energy_kgce, 0)) as energy_kgce,
        sum(
            case when carrier = 'water' and unit = 'm3' then quantity else 0 end
        ) as water_m3
    from energy_month
    group by organization_id, year

),

carbon_months as (

    select
        organization_id,
        year,
        sum(coalesce(co2_fixed_kg, 0)) as co2_fixed_kg,
        sum(coalesce(co2_year_kg, 0)) as co2_year_kg
    from carbon_month
    group by organization_id, year

)

select
    intensity_year.organization_id,
    intensity_year.year,
    intensity_year.energy_kgce,
    months.energy_kgce as energy_of_months_kgce,
    intensity_year.co2_fixed_kg,
    carbon_months.co2_fixed_kg as co2_fixed_of_months_kg
from intensity_year
left join months
    on
        intensity_year.organization_id = months.organization_id
        and intensity_year.year = months.year
left join carbon_months
    on
        intensity_year.organization_id = carbon_months.organization_id
        and intensity_year.year = carbon_months.year
where
    intensity_year.energy_kgce <> coalesce(months.energy_kgce, 0)
    or intensity_year.water_m3 <> coalesce(months.water_m3, 0)
    or intensity_year.co2_fixed_kg <> coalesce(carbon_months.co2_fixed_kg, 0)
    or intensity_year.co2_year_kg <> coalesce(carbon_months.co2_year_kg, 0)
