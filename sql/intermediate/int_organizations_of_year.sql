-- grain: organization_id, year
-- purpose: where an organisation counts in a year: its region, class, level and membership of the cost
-- survey on the last day of the year, or on the last day the ledger reaches, and its staff of that day
with

years as (

    select distinct
        expenses.year,
        case
            when expenses.year = reached.year then reached.through_date
            else cast(concat(cast(expenses.year as varchar), '-12-31') as date)
        end as last_date
    from stg_cost__expense as expenses
    cross join int_ledger_reached as reached
    where expenses.year <= reached.year

),

states as (

    select
        dated.organization_id,
        years.year,
        years.last_date,
        dated.region_code,
        dated.class_code,
        registered.organ_level,
        coalesce(registered.in_cost_survey, false) as in_cost_survey
    from int_organizations_dated as dated
    inner join years
        on years.last_date between dated.holds_from_date and dated.holds_to_date
    left join stg_reference__organization as registered
        on
            dated.organization_id = registered.organization_id
            and dated.from_date = registered.from_date

),

headcounts as (

    select
        states.organization_id,
        states.year,
        first_value(
            stg_reference__headcount.staff
            order by stg_reference__headcount.from_date desc
        ) as staff
    from states
    inner join stg_reference__headcount
        on
            states.organization_id = stg_reference__headcount.organization_id
            and states.last_date between stg_reference__headcount.from_date
            and stg_reference__headcount.to_date
    group by states.organization_id, states.year

)

select
    states.organization_id,
    states.year,
    states.region_code,
    states.class_code,
    states.organ_level,
    headcounts.staff,
    states.in_cost_survey,
    states.last_date
from states
left join headcounts
    on
        states.organization_id = headcounts.organization_id
        and states.year = headcounts.year
