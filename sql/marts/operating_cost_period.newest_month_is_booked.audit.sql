-- severity: warning
-- purpose: an organisation of the cost survey that booked nothing in the newest month makes its region look thrifty
with

newest as (

    select max(month) as month from operating_cost_period

),

booked as (

    select distinct operating_cost_period.organization_id
    from operating_cost_period
    inner join newest
        on operating_cost_period.month = newest.month
    where operating_cost_period.executed_yuan <> 0

)

select
    organizations.organization_id,
    newest.month
from stg_reference__organization as organizations
cross join newest
left join booked
    on organizations.organization_id = booked.organization_id
where
    organizations.in_cost_survey
    and organizations.status = 'active'
    and cast(concat(newest.month, '-01') as date) between organizations.from_date
    and coalesce(organizations.to_date, date '9999-12-31')
    and booked.organization_id is null
