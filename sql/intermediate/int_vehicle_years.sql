-- grain: year
-- purpose: the years of the calendar up to the newest trip, cost or purchase, each with the day on
-- which its stock is taken: the last of the year, in the newest year the newest day known
with

known_days as (

    select max(departed_date) as known_date from stg_vehicle__trip
    union all
    select max(cost_date) as known_date from stg_vehicle__cost
    union all
    select max(acquired_date) as known_date from stg_vehicle__vehicle

),

newest as (

    select max(known_date) as newest_date from known_days

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
    least(years.last_date, newest.newest_date) as state_date
from years
cross join newest
where years.first_date <= newest.newest_date
