-- grain: organization_id, year
-- purpose: numerators and denominators of an organisation's year. People and floor area are the means
-- of the months that give them, rounded once; staff is that at the end of the last reported month
-- unit: months_reported month
with

forms as (

    select
        organization_id,
        year,
        first_value(region_code order by month desc) as region_code,
        first_value(class_code order by month desc) as class_code,
        count(*) as months_reported,
        cast(
            cast(sum(people) as decimal(30, 12)) / nullif(count(people), 0)
            as decimal(18, 4)
        ) as people,
        cast(
            cast(sum(floor_m2) as decimal(30, 12)) / nullif(count(floor_m2), 0)
            as decimal(18, 4)
        ) as floor_m2,
        max(month_end_date) as last_date
    from int_forms_placed
    group by organization_id, year

),

energy as (

    select
        organization_id,
        year,
        sum(energy_kgce) as energy_kgce,
        sum(vehicle_energy_kgce) as vehicle_energy_kgce,
        sum(
            case when carrier = 'electricity' and unit = 'kWh' then quantity else 0 end
        ) as electricity_kwh,
        sum(
            case when carrier = 'water' and unit = 'm3' then quantity else 0 end
        ) as water_m3
    from energy_month
    group by organization_id, year

),

carbon as (

    select
        organization_id,
        year,
        sum(co2_fixed_kg) as co2_fixed_kg,
        sum(co2_year_kg) as co2_year_kg
    from carbon_month
    group by organization_id, year

),

headcounts as (

    select
        forms.organization_id,
        forms.year,
        first_value(
            stg_reference__headcount.staff
            order by stg_reference__headcount.from_date desc
        ) as staff
    from forms
    inner join stg_reference__headcount
        on
            forms.organization_id = stg_reference__headcount.organization_id
            and forms.last_date between stg_reference__headcount.from_date
            and stg_reference__headcount.to_date
    group by forms.organization_id, forms.year

)

select
    forms.organization_id,
    forms.year,
    forms.region_code,
    forms.class_code,
    forms.months_reported,
    forms.people,
    headcounts.staff,
    forms.floor_m2,
    coalesce(energy.energy_kgce, 0) as energy_kgce,
    coalesce(energy.vehicle_energy_kgce, 0) as vehicle_energy_kgce,
    coalesce(energy.electricity_kwh, 0) as electricity_kwh,
    coalesce(energy.water_m3, 0) as water_m3,
    coalesce(carbon.co2_fixed_kg, 0) as co2_fixed_kg,
    coalesce(carbon.co2_year_kg, 0) as co2_year_kg,
    forms.months_reported = 12 as is_complete
from forms
left join energy
    on
        forms.organization_id = energy.organization_id
        and forms.year = energy.year
left join carbon
    on
        forms.organization_id = carbon.organization_id
        and forms.year = carbon.year
left join headcounts
    on
        forms.organization_id = headcounts.organization_id
        and forms.year = headcounts.year
