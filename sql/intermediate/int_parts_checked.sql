-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules parts_add_up and subset_within over one form. A part that is left
-- out counts as zero once another part is given.
with

forms as (

    select
        organization_id,
        month,
        year,
        floor_m2,
        vehicle_count,
        petrol_vehicle_count,
        diesel_vehicle_count,
        nev_count,
        electricity_kwh,
        pv_self_used_kwh,
        water_m3,
        raw_coal_kg,
        natural_gas_m3,
        petrol_l,
        petrol_cost_yuan,
        petrol_vehicle_l,
        petrol_vehicle_cost_yuan,
        petrol_other_l,
        petrol_other_cost_yuan,
        diesel_l,
        diesel_cost_yuan,
        diesel_vehicle_l,
        diesel_vehicle_cost_yuan,
        diesel_other_l,
        diesel_other_cost_yuan,
        heat_gj,
        other_energy_kgce,
        data_centre_floor_m2,
        data_centre_electricity_kwh,
        data_centre_it_kwh,
        data_centre_cooling_kwh,
        data_centre_auxiliary_kwh,
        heating_floor_m2,
        heating_own_floor_m2,
        heating_by_area_floor_m2,
        heating_by_heat_floor_m2,
        heating_water_m3,
        heating_electricity_kwh,
        heating_raw_coal_kg,
        heating_natural_gas_m3,
        heating_diesel_l,
        heating_heat_gj,
        heating_other_energy_kgce,
        month_end_date
    from stg_energy__monthly_part

),

part_checks as (

    select 'petrol_l' as item, 'gasoline_litre' as carrier
    union all
    select 'petrol_cost_yuan', null
    union all
    select 'diesel_l', 'diesel_litre'
    union all
    select 'diesel_cost_yuan', null
    union all
    select 'data_centre_electricity_kwh', 'electricity'
    union all
    select 'heating_floor_m2', null

),

subset_checks as (

    select 'vehicle_count' as item, null as carrier
    union all
    select 'pv_self_used_kwh', 'electricity'
    union all
    select 'data_centre_electricity_kwh', 'electricity'
    union all
    select 'data_centre_floor_m2', null
    union all
    select 'heating_floor_m2', null
    union all
    select 'heating_water_m3', 'water'
    union all
    select 'heating_electricity_kwh', 'electricity'
    union all
    select 'heating_raw_coal_kg', 'raw_coal'
    union all
    select 'heating_natural_gas_m3', 'natural_gas'
    union all
    select 'heating_diesel_l', 'diesel_litre'
    union all
    select 'heating_heat_gj', 'heat'
    union all
    select 'heating_other_energy_kgce', 'other_energy'

),

wholes as (

    select
        forms.organization_id,
        forms.month,
        forms.year,
        forms.month_end_date,
        part_checks.item,
        case part_checks.item
            when 'petrol_l' then 'L'
            when 'petrol_cost_yuan' then 'yuan'
            when 'diesel_l' then 'L'
            when 'diesel_cost_yuan' then 'yuan'
            when 'data_centre_electricity_kwh' then 'kWh'
            when 'heating_floor_m2' then 'm2'
        end as unit,
        part_checks.carrier,
        case part_checks.item
            when 'petrol_l' then forms.petrol_l
            when 'petrol_cost_yuan' then forms.petrol_cost_yuan
            when 'diesel_l' then forms.diesel_l
            when 'diesel_cost_yuan' then forms.diesel_cost_yuan
            when 'data_centre_electricity_kwh' then forms.data_centre_electricity_kwh
            when 'heating_floor_m2' then forms.heating_floor_m2
        end as whole,
        case part_checks.item
            when 'petrol_l'
                then coalesce(forms.petrol_vehicle_l, forms.petrol_other_l)
            when 'petrol_cost_yuan'
                then
                    coalesce(
                        forms.petrol_vehicle_cost_yuan, forms.petrol_other_cost_yuan
                    )
            when 'diesel_l'
                then coalesce(forms.diesel_vehicle_l, forms.diesel_other_l)
            when 'diesel_cost_yuan'
                then
                    coalesce(
                        forms.diesel_vehicle_cost_yuan, forms.diesel_other_cost_yuan
                    )
            when 'data_centre_electricity_kwh'
                then
                    coalesce(
                        forms.data_centre_it_kwh,
                        forms.data_centre_cooling_kwh,
                        forms.data_centre_auxiliary_kwh
                    )
            when 'heating_floor_m2'
                then
                    coalesce(
                        forms.heating_own_floor_m2,
                        forms.heating_by_area_floor_m2,
                        forms.heating_by_heat_floor_m2
                    )
        end as given_part,
        case part_checks.item
            when 'petrol_l'
                then
                    coalesce(forms.petrol_vehicle_l, 0)
                    + coalesce(forms.petrol_other_l, 0)
            when 'petrol_cost_yuan'
                then
                    coalesce(forms.petrol_vehicle_cost_yuan, 0)
                    + coalesce(forms.petrol_other_cost_yuan, 0)
            when 'diesel_l'
                then
                    coalesce(forms.diesel_vehicle_l, 0)
                    + coalesce(forms.diesel_other_l, 0)
            when 'diesel_cost_yuan'
                then
                    coalesce(forms.diesel_vehicle_cost_yuan, 0)
                    + coalesce(forms.diesel_other_cost_yuan, 0)
            when 'data_centre_electricity_kwh'
                then
                    coalesce(forms.data_centre_it_kwh, 0)
                    + coalesce(forms.data_centre_cooling_kwh, 0)
                    + coalesce(forms.data_centre_auxiliary_kwh, 0)
            when 'heating_floor_m2'
                then
                    coalesce(forms.heating_own_floor_m2, 0)
                    + coalesce(forms.heating_by_area_floor_m2, 0)
                    + coalesce(forms.heating_by_heat_floor_m2, 0)
        end as parts
    from forms
    cross join part_checks

),

subsets as (

    select
        forms.organization_id,
        forms.month,
        forms.year,
        forms.month_end_date,
        subset_checks.item,
        case subset_checks.item
            when 'vehicle_count' then 'count'
            when 'pv_self_used_kwh' then 'kWh'
            when 'data_centre_electricity_kwh' then 'kWh'
            when 'data_centre_floor_m2' then 'm2'
            when 'heating_floor_m2' then 'm2'
            when 'heating_water_m3' then 'm3'
            when 'heating_electricity_kwh' then 'kWh'
            when 'heating_raw_coal_kg' then 'kg'
            when 'heating_natural_gas_m3' then 'm3'
            when 'heating_diesel_l' then 'L'
            when 'heating_heat_gj' then 'GJ'
            when 'heating_other_energy_kgce' then 'kgce'
        end as unit,
        subset_checks.carrier,
        case subset_checks.item
            when 'vehicle_count'
                then
                    coalesce(forms.petrol_vehicle_count, 0)
                    + coalesce(forms.diesel_vehicle_count, 0)
                    + coalesce(forms.nev_count, 0)
            when 'pv_self_used_kwh' then forms.pv_self_used_kwh
            when 'data_centre_electricity_kwh' then forms.data_centre_electricity_kwh
            when 'data_centre_floor_m2' then forms.data_centre_floor_m2
            when 'heating_floor_m2' then forms.heating_floor_m2
            when 'heating_water_m3' then forms.heating_water_m3
            when 'heating_electricity_kwh' then forms.heating_electricity_kwh
            when 'heating_raw_coal_kg' then forms.heating_raw_coal_kg
            when 'heating_natural_gas_m3' then forms.heating_natural_gas_m3
            when 'heating_diesel_l' then forms.heating_diesel_l
            when 'heating_heat_gj' then forms.heating_heat_gj
            when 'heating_other_energy_kgce' then forms.heating_other_energy_kgce
        end as part,
        case subset_checks.item
            when 'vehicle_count' then coalesce(forms.vehicle_count, 0)
            when 'pv_self_used_kwh' then coalesce(forms.electricity_kwh, 0)
            when 'data_centre_electricity_kwh' then coalesce(forms.electricity_kwh, 0)
            when 'data_centre_floor_m2' then forms.floor_m2
            when 'heating_floor_m2' then forms.floor_m2
            when 'heating_water_m3' then coalesce(forms.water_m3, 0)
            when 'heating_electricity_kwh' then coalesce(forms.electricity_kwh, 0)
            when 'heating_raw_coal_kg' then coalesce(forms.raw_coal_kg, 0)
            when 'heating_natural_gas_m3' then coalesce(forms.natural_gas_m3, 0)
            when 'heating_diesel_l' then coalesce(forms.diesel_l, 0)
            when 'heating_heat_gj' then coalesce(forms.heat_gj, 0)
            when 'heating_other_energy_kgce' then coalesce(forms.other_energy_kgce, 0)
        end as whole
    from forms
    cross join subset_checks

),

failed as (

    select
        'parts_add_up' as rule,
        carrier,
        organization_id,
        month,
        item,
        unit,
        'sum_of_parts' as basis,
        year,
        cast(whole as decimal(18, 4)) as value,
        cast(parts as decimal(18, 4)) as expectation,
        month_end_date
    from wholes
    where whole is not null and given_part is not null and whole <> parts
    union all
    select
        'subset_within',
        carrier,
        organization_id,
        month,
        item,
        unit,
        'whole',
        year,
        cast(part as decimal(18, 4)),
        cast(whole as decimal(18, 4)),
        month_end_date
    from subsets
    where part > whole

)

select
    rule,
    coalesce(carrier, item) as rule_item,
    carrier,
    organization_id,
    month as period,
    item,
    unit,
    basis,
    year,
    cast(1 as bigint) as months,
    value,
    expectation,
    case
        when carrier is not null then cast(abs(value - expectation) as decimal(18, 4))
    end as difference,
    unit as difference_unit,
    case
        when unit = 'yuan' then cast(abs(value - expectation) as decimal(18, 2))
    end as difference_yuan,
    month_end_date as period_end_date
from failed
