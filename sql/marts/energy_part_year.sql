-- grain: organization_id, year
-- purpose: numerators and denominators of the intensities that leave parts of the energy out or look at
-- one part alone: vehicles, heating, machine rooms. Heated area is the mean of the months that state
-- it; PUE looks at the months that tell both the machine room and its IT equipment.
with

settings as (

    select
        max(
            case when name = 'energy_per_area_numerator' then value end
        ) as energy_per_area_numerator
    from stg_reference__setting

),

years as (

    select
        organization_id,
        year,
        region_code,
        class_code,
        months_reported,
        people,
        floor_m2,
        energy_kgce,
        vehicle_energy_kgce,
        electricity_kwh,
        is_complete
    from intensity_year

),

parts as (

    select
        organization_id,
        year,
        sum(case when part = 'heating' then coalesce(energy_kgce, 0) else 0 end)
            as heating_energy_kgce,
        sum(
            case
                when
                    part = 'heating' and carrier = 'electricity' and unit = 'kWh'
                    then quantity
                else 0
            end
        ) as heating_electricity_kwh,
        sum(
            case
                when
                    part = 'data_centre' and carrier = 'electricity' and unit = 'kWh'
                    then quantity
                else 0
            end
        ) as data_centre_electricity_kwh
    from energy_part_month
    group by organization_id, year

),

forms as (

    select
        organization_id,
        year,
        cast(
            cast(sum(heating_floor_m2) as decimal(30, 12))
            / nullif(count(nullif(heating_floor_m2, 0)), 0) as decimal(18, 4)
        ) as heating_floor_m2,
        sum(
            case
                when data_centre_it_kwh > 0
                    then coalesce(data_centre_electricity_kwh, 0)
                else 0
            end
        ) as pue_electricity_kwh,
        sum(
            case
                when data_centre_electricity_kwh > 0
                    then coalesce(data_centre_it_kwh, 0)
                else 0
            end
        ) as pue_it_kwh
    from stg_energy__monthly
    group by organization_id, year

),

joined as (

    select
        years.organization_id,
        years.year,
        years.region_code,
        years.class_code,
        years.months_reported,
        years.people,
        years.floor_m2,
        years.energy_kgce,
        years.vehicle_energy_kgce,
        coalesce(parts.heating_energy_kgce, 0) as heating_energy_kgce,
        years.electricity_kwh,
        coalesce(parts.heating_electricity_kwh, 0) as heating_electricity_kwh,
        coalesce(parts.data_centre_electricity_kwh, 0) as data_centre_electricity_kwh,
        forms.heating_floor_m2,
        coalesce(forms.pue_electricity_kwh, 0) as pue_electricity_kwh,
        coalesce(forms.pue_it_kwh, 0) as pue_it_kwh,
        years.is_complete
    from years
    left join parts
        on
            years.organization_id = parts.organization_id
            and years.year = parts.year
    left join forms
        on
            years.organization_id = forms.organization_id
            and years.year = forms.year

)

select
    joined.organization_id,
    joined.year,
    joined.region_code,
    joined.class_code,
    joined.months_reported,
    joined.people,
    joined.floor_m2,
    joined.heating_floor_m2,
    joined.energy_kgce,
    joined.vehicle_energy_kgce,
    joined.heating_energy_kgce,
    cast(
        joined.energy_kgce - joined.vehicle_energy_kgce as decimal(18, 4)
    ) as energy_excl_vehicle_kgce,
    cast(
        case
            when settings.energy_per_area_numerator = 'excl_vehicle'
                then joined.energy_kgce - joined.vehicle_energy_kgce
            else joined.energy_kgce
        end as decimal(18, 4)
    ) as energy_of_area_kgce,
    cast(
        joined.energy_kgce - joined.heating_energy_kgce - joined.vehicle_energy_kgce
        as decimal(18, 4)
    ) as non_heating_energy_kgce,
    joined.electricity_kwh,
    joined.heating_electricity_kwh,
    joined.data_centre_electricity_kwh,
    cast(
        joined.electricity_kwh - joined.heating_electricity_kwh
        - joined.data_centre_electricity_kwh as decimal(18, 4)
    ) as regular_electricity_kwh,
    joined.pue_electricity_kwh,
    joined.pue_it_kwh,
    joined.is_complete
from joined
cross join settings
