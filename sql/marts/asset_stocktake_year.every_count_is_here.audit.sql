-- severity: error
-- purpose: every asset that a stocktake counted in a year has a row of that year
with

counted as (

    select year, count(distinct asset_id) as asset_count
    from stg_asset__stocktake
    group by year

),

shown as (

    select year, count(*) as asset_count
    from asset_stocktake_year
    where is_counted
    group by year

)

select
    counted.year,
    counted.asset_count,
    shown.asset_count as shown_count
from counted
left join shown
    on counted.year = shown.year
where coalesce(shown.asset_count, 0) <> counted.asset_count
