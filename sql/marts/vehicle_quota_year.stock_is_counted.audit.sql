-- severity: error
-- purpose: the vehicles counted are those in stock that have an organisation and a class of use
with

stocks as (

    select year, count(*) as vehicle_count
    from vehicle_stock_year
    where is_in_stock and organization_id is not null and use_class is not null
    group by year

),

counted as (

    select year, sum(vehicle_count) as vehicle_count
    from vehicle_quota_year
    group by year

)

select
    coalesce(stocks.year, counted.year) as year,
    stocks.vehicle_count as stock_count,
    counted.vehicle_count as counted_count
from stocks
full outer join counted
    on stocks.year = counted.year
where coalesce(stocks.vehicle_count, 0) <> coalesce(counted.vehicle_count, 0)
