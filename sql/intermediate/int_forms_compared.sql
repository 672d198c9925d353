-- grain: comparison, organization_id, month, previous_organization_id
-- purpose: each form with the forms of an earlier year's same month that stand for the organisation:
-- its own and those of organisations merged into it by then, so that a merger is no change. The
-- earlier year is the year before (year_on_year) or the base year of the plan in force (base_year).
with

forms as (

    select organization_id, month, year, month_end_date
    from stg_energy__monthly

),

mergers as (

    select organization_id, successor_organization_id, from_date
    from stg_reference__organization
    where status = 'merged' and successor_organization_id is not null

),

plans as (

    select
        stg_reference__target.base_year,
        max(stg_reference__target.target_year) as target_year
    from stg_reference__target
    inner join stg_reference__setting
        on
            stg_reference__target.region_code = stg_reference__setting.value
            and stg_reference__setting.name = 'home_region_code'
    group by stg_reference__target.base_year

),

years as (

    select distinct year from forms

),

compared_years as (

    select 'year_on_year' as comparison, year, year - 1 as previous_year from years
    union all
    select 'base_year', years.year, max(plans.base_year)
    from years
    inner join plans
        on years.year > plans.base_year and years.year <= plans.target_year
    group by years.year

),

earlier as (

    select
        compared_years.comparison,
        compared_years.year,
        forms.organization_id,
        forms.month as previous_month,
        concat(cast(compared_years.year as varchar), substr(forms.month, 5, 3)) as month
    from forms
    inner join compared_years
        on forms.year = compared_years.previous_year

),

held as (

    select
        earlier.comparison,
        coalesce(
            second_mergers.successor_organization_id,
            first_mergers.successor_organization_id,
            earlier.organization_id
        ) as organization_id,
        earlier.month,
        earlier.organization_id as previous_organization_id,
        earlier.previous_month
    from earlier
    left join mergers as first_mergers
        on
            earlier.organization_id = first_mergers.organization_id
            and substr(cast(first_mergers.from_date as varchar), 1, 7) <= earlier.month
    left join mergers as second_mergers
        on
            first_mergers.successor_organization_id = second_mergers.organization_id
            and substr(cast(second_mergers.from_date as varchar), 1, 7) <= earlier.month

)

select
    held.comparison,
    forms.organization_id,
    forms.month,
    held.previous_organization_id,
    held.previous_month,
    forms.year,
    forms.month_end_date
from forms
inner join held
    on
        forms.organization_id = held.organization_id
        and forms.month = held.month
