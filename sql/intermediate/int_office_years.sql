-- grain: year
-- purpose: the years of the calendar up to the newest event of the premises, each with the day on
-- which the stock is taken and the day on which the use of rooms is judged: the last of the year, else
-- the newest day known. Use is known until the newest occupancy begins, no year after it is judged
with

known_days as (

    select max(from_date) as known_date from stg_office__occupancy
    union all
    select max(approved_date) as known_date from stg_office__repair
    union all
    select max(counted_date) as known_date from stg_office__repair
    union all
    select max(inspection_date) as known_date from stg_office__inspection
    union all
    select max(disposal_date) as known_date from stg_office__disposal
    union all
    select max(registration_date) as known_date from stg_office__building

),

newest as (

    select max(known_date) as newest_date from known_days

),

newest_use as (

    select max(from_date) as newest_date from stg_office__occupancy

),

years as (

    select
        cast(substr(month, 1, 4) as bigint) as year,
        min(calendar_date) as first_date,
        max(calendar_date) as last_date
    from stg_reference__calendar
    group by cast(substr(month, 1, 4) as bigint)

)

select
    years.year,
    newest.newest_date >= years.last_date as is_complete,
    least(years.last_date, newest.newest_date) as state_date,
    case
        when years.first_date <= newest_use.newest_date
            then least(years.last_date, newest_use.newest_date)
    end as judged_date
from years
cross join newest
cross join newest_use
where years.first_date <= newest.newest_date
