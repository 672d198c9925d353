-- severity: warning
-- purpose: a list that names most organisations is read by nobody; tolerances and least impacts in
-- reference.review_rule make it shorter
with

most as (

    select cast(value as decimal(9, 4)) as most_pct
    from stg_reference__setting
    where name = 'review_share_most_pct'

),

members as (

    select distinct organization_id, year from reporting_month

),

flagged as (

    select
        review_flag.year,
        count(distinct review_flag.organization_id) as flagged_organizations
    from review_flag
    inner join members
        on
            review_flag.organization_id = members.organization_id
            and review_flag.year = members.year
    group by review_flag.year

),

surveyed as (

    select year, count(*) as organizations
    from members
    group by year

)

select surveyed.year, surveyed.organizations, flagged.flagged_organizations
from surveyed
inner join flagged
    on surveyed.year = flagged.year
cross join most
where
    flagged.flagged_organizations * 100 > surveyed.organizations * most.most_pct
    and surveyed.organizations >= 20
