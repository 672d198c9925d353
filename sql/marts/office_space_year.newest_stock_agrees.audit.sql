-- severity: error
-- purpose: the stock of the newest year is that of office_space, but for buildings not yet completed
with

newest as (

    select max(year) as year from office_space_year

),

stocks as (

    select
        coalesce(sum(office_space_year.floor_m2), 0) as floor_m2,
        count(*) as building_count
    from office_space_year
    inner join newest
        on office_space_year.year = newest.year
    where office_space_year.is_in_stock

),

offices as (

    select
        coalesce(sum(office_space.floor_m2), 0) as floor_m2,
        count(*) as building_count
    from office_space
    cross join newest
    where coalesce(office_space.built_year <= newest.year, true)

)

select
    stocks.building_count,
    offices.building_count as office_building_count,
    stocks.floor_m2,
    offices.floor_m2 as office_floor_m2
from stocks
cross join offices
where
    stocks.building_count <> offices.building_count
    or stocks.floor_m2 <> offices.floor_m2
