-- grain: region_code, month
-- purpose: heating and cooling degree days of a month by the stations of a region; a month with missing
-- days is told too low and says so
-- unit: days_measured d, days_estimated d
with

days as (

    select
        region_code,
        month,
        mean_degc,
        heating_degree_days,
        cooling_degree_days,
        is_middle
    from int_days_weathered

),

months as (

    select
        region_code,
        month,
        count(*) as days_measured,
        sum(case when is_middle then 1 else 0 end) as days_estimated,
        cast(
            cast(sum(mean_degc) as decimal(30, 12)) / count(*) as decimal(9, 4)
        ) as mean_degc,
        cast(sum(heating_degree_days) as decimal(18, 4)) as heating_degree_days,
        cast(sum(cooling_degree_days) as decimal(18, 4)) as cooling_degree_days,
        cast(
            cast(concat(month, '-01') as date) + interval '1 month' as date
        ) - cast(concat(month, '-01') as date) as days
    from days
    group by region_code, month

)

select
    region_code,
    month,
    cast(substr(month, 1, 4) as bigint) as year,
    cast(days as bigint) as days,
    days_measured,
    days_estimated,
    mean_degc,
    heating_degree_days,
    cooling_degree_days,
    cast(
        heating_degree_days + cooling_degree_days as decimal(18, 4)
    ) as degree_days,
    days_measured = days as is_complete
from months
