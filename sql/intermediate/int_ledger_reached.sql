-- grain: year
-- purpose: how far the ledger reaches: its first year, its newest month, and the day in it up to which another year or
-- month is compared. A month counts as whole once the ledger reaches its last working day, because
-- offices do not book on days off; then the day is 31, which no month exceeds
with

newest as (

    select min(year) as first_year, max(voucher_date) as ledger_date
    from stg_cost__expense
    where is_department_classification and version = 'executed'

),

months as (

    select
        first_year,
        ledger_date,
        to_char(ledger_date, '%Y-%m') as month,
        cast(
            date_trunc('month', ledger_date) + interval '1 month' - interval '1 day'
            as date
        ) as month_end_date
    from newest
    where ledger_date is not null

),

last_workdays as (

    select month, max(calendar_date) as last_workday_date
    from stg_reference__calendar
    where is_workday
    group by month

),

reached as (

    select
        months.first_year,
        months.month,
        months.ledger_date,
        months.month_end_date,
        months.ledger_date
        >= coalesce(last_workdays.last_workday_date, months.month_end_date)
            as is_month_whole
    from months
    left join last_workdays
        on months.month = last_workdays.month

)

select
    cast(extract(year from ledger_date) as bigint) as year,
    first_year,
    month,
    cast(extract(month from ledger_date) as bigint) as month_of_year,
    case
        when is_month_whole then 31
        else cast(extract(day from ledger_date) as bigint)
    end as day_of_month,
    is_month_whole,
    case when is_month_whole then month_end_date else ledger_date end as through_date
from reached
