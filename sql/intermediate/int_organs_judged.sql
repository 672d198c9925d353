-- grain: organization_id, year
-- purpose: the organs of the state of county level and above that are asked to save (节约型机关), in
-- each year with forms: those of the survey's register on the last day that the year's forms reach
with

years as (

    select year, max(month_end_date) as last_date
    from stg_energy__monthly
    group by year

),

organs as (

    select organization_id, organ_level, from_date
    from stg_reference__organization
    where class_code = '01' and organ_level in ('province', 'city', 'county')

)

select
    states.organization_id,
    years.year,
    states.region_code,
    organs.organ_level,
    years.last_date
from int_organizations_dated as states
inner join years
    on years.last_date between states.from_date and states.to_date
inner join organs
    on
        states.organization_id = organs.organization_id
        and states.from_date = organs.from_date
where states.is_expected_to_report
