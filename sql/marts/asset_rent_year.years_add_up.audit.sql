-- severity: error
-- purpose: the years of a lease within the calendar are its rent due in all, but for a cent a year of
-- rounding
with

first_days as (

    select min(calendar_date) as calendar_date from stg_reference__calendar

),

years as (

    select lease_id, sum(rent_due_yuan) as rent_due_yuan, count(*) as year_count
    from asset_rent_year
    where rent_due_yuan is not null
    group by lease_id

)

select
    leases.lease_id,
    leases.rent_due_yuan,
    years.rent_due_yuan as rent_due_in_years_yuan
from int_asset_rents_due as leases
cross join first_days
left join years
    on leases.lease_id = years.lease_id
where
    leases.period = 'all'
    and leases.from_date >= first_days.calendar_date
    and leases.rent_due_yuan is not null
    and abs(leases.rent_due_yuan - coalesce(years.rent_due_yuan, 0)) * 100
    > coalesce(years.year_count, 0)
