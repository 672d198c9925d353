-- grain: organization_id, year, carrier
-- purpose: energy and CO2 (factor of the year) of a carrier in a year and in the year before, with the
-- organisation's energy and floor area of both. Of the newest year both sides take the months reached
with

reached as (

    select max(year) as newest_year, max(month) as newest_month from int_forms_placed

),

forms as (

    select
        forms.organization_id,
        forms.year,
        forms.floor_m2,
        substr(forms.month, 6, 2) <= substr(reached.newest_month, 6, 2) as is_in_part
    from int_forms_placed as forms
    cross join reached

),

areas as (

    select
        organization_id,
        year,
        cast(
            cast(sum(floor_m2) as decimal(30, 12)) / nullif(count(floor_m2), 0)
            as decimal(18, 4)
        ) as whole_m2,
        cast(
            cast(
                sum(case when is_in_part then floor_m2 end) as decimal(30, 12)
            )
            / nullif(count(case when is_in_part then floor_m2 end), 0)
            as decimal(18, 4)
        ) as part_m2
    from forms
    group by organization_id, year

),

carriers as (

    select
        energy_month.organization_id,
        energy_month.year,
        energy_month.carrier,
        sum(coalesce(energy_month.energy_kgce, 0)) as whole_kgce,
        sum(coalesce(carbon_month.co2_year_kg, 0)) as whole_kg,
        sum(
            case
                when
                    substr(energy_month.month, 6, 2)
                    <= substr(reached.newest_month, 6, 2)
                    then coalesce(energy_month.energy_kgce, 0)
                else 0
            end
        ) as part_kgce,
        sum(
            case
                when
                    substr(energy_month.month, 6, 2)
                    <= substr(reached.newest_month, 6, 2)
                    then coalesce(carbon_month.co2_year_kg, 0)
                else 0
            end
        ) as part_kg
    from energy_month
    inner join carbon_month
        on
            energy_month.organization_id = carbon_month.organization_id
            and energy_month.month = carbon_month.month
            and energy_month.carrier = carbon_month.carrier
    cross join reached
    group by energy_month.organization_id, energy_month.year, energy_month.carrier

),

-- A year is the later side of itself and the earlier side of the next.
sides as (

    select
        organization_id,
        year as base_year,
        year + unnest(make_array(0, 1)) as year,
        carrier,
        whole_kgce,
        whole_kg,
        part_kgce,
        part_kg
    from carriers

),

placed as (

    select
        sides.organization_id,
        sides.year,
        sides.carrier,
        sides.year = sides.base_year as is_later,
        case
            when sides.year = reached.newest_year then sides.part_kgce
            else sides.whole_kgce
        end as energy_kgce,
        case
            when sides.year = reached.newest_year then sides.part_kg
            else sides.whole_kg
        end as co2_kg
    from sides
    cross join reached
    where sides.year <= reached.newest_year

),

paired as (

    select
        organization_id,
        year,
        carrier,
        sum(case when is_later then 0 else energy_kgce end) as before_kgce,
        sum(case when is_later then energy_kgce else 0 end) as after_kgce,
        sum(case when is_later then 0 else co2_kg end) as before_co2_kg,
        sum(case when is_later then co2_kg else 0 end) as after_co2_kg
    from placed
    group by organization_id, year, carrier

),

first_years as (

    select min(year) as first_year from carriers

)

select
    paired.organization_id,
    paired.year,
    paired.carrier,
    paired.before_kgce,
    paired.after_kgce,
    sum(paired.before_kgce) over (
        partition by paired.organization_id, paired.year
    ) as before_total_kgce,
    sum(paired.after_kgce) over (
        partition by paired.organization_id, paired.year
    ) as after_total_kgce,
    paired.before_co2_kg,
    paired.after_co2_kg,
    case
        when paired.year = reached.newest_year then areas_before.part_m2
        else areas_before.whole_m2
    end as before_m2,
    case
        when paired.year = reached.newest_year then areas_after.part_m2
        else areas_after.whole_m2
    end as after_m2
from paired
cross join reached
inner join first_years
    on paired.year > first_years.first_year
left join areas as areas_before
    on
        paired.organization_id = areas_before.organization_id
        and paired.year = areas_before.year + 1
left join areas as areas_after
    on
        paired.organization_id = areas_after.organization_id
        and paired.year = areas_after.year
