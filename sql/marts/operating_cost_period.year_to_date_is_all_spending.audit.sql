-- severity: error
-- purpose: the rows of a month add up to the executed voucher lines of its year so far, and to those of the same days of the year before
with

vouchers as (

    select year, voucher_date, amount_yuan
    from stg_cost__expense
    where is_department_classification and version = 'executed'

),

months as (

    select
        month,
        year,
        max(through_date) as through_date,
        sum(executed_ytd_yuan) as executed_ytd_yuan,
        sum(last_year_ytd_yuan) as last_year_ytd_yuan
    from operating_cost_period
    group by month, year

),

booked as (

    select months.month, sum(vouchers.amount_yuan) as amount_yuan
    from months
    inner join vouchers
        on
            months.year = vouchers.year
            and vouchers.voucher_date <= months.through_date
    group by months.month

),

booked_before as (

    -- A day taken from a year gives the last of February for a 29th; a month end stays one.
    select months.month, sum(vouchers.amount_yuan) as amount_yuan
    from months
    inner join vouchers
        on
            months.year = vouchers.year + 1
            and vouchers.voucher_date <= case
                when
                    months.through_date = cast(
                        date_trunc('month', months.through_date)
                        + interval '1 month' - interval '1 day' as date
                    )
                    then
                        cast(
                            date_trunc('month', months.through_date)
                            - interval '11 months' - interval '1 day' as date
                        )
                else cast(months.through_date - interval '1 year' as date)
            end
    group by months.month

)

select
    months.month,
    months.executed_ytd_yuan,
    booked.amount_yuan as booked_yuan,
    months.last_year_ytd_yuan,
    booked_before.amount_yuan as last_year_booked_yuan
from months
left join booked
    on months.month = booked.month
left join booked_before
    on months.month = booked_before.month
where
    months.executed_ytd_yuan <> coalesce(booked.amount_yuan, 0)
    or months.last_year_ytd_yuan <> coalesce(booked_before.amount_yuan, 0)
