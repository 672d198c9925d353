-- severity: error
-- purpose: the stock of a year is that of the year before, plus what was acquired and less what was
-- disposed of; what was acquired and disposed of between the day of a count and the end of its year
-- is in neither, which only the newest year can have
with

counts as (

    select
        year,
        sum(case when is_in_stock then 1 else 0 end) as stock_count,
        sum(case when is_acquired then 1 else 0 end) as acquired_count,
        sum(case when is_disposed then 1 else 0 end) as disposed_count
    from vehicle_stock_year
    group by year

),

rolled as (

    select
        year,
        stock_count,
        lag(stock_count) over (order by year)
        + acquired_count
        - disposed_count as rolled_count
    from counts

)

select year, stock_count, rolled_count
from rolled
where stock_count <> rolled_count
