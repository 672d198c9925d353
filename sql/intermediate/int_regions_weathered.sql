-- grain: region_code
-- purpose: the region whose stations stand for a region: itself, else the nearest above it that has any
with

stations as (

    select distinct region_code from degree_day_month

),

depths as (

    select region_code, count(*) as depth from int_regions_nested group by region_code

)

select
    nested.region_code,
    first_value(
        stations.region_code order by depths.depth desc
    ) as weather_region_code
from int_regions_nested as nested
inner join stations
    on nested.ancestor_code = stations.region_code
inner join depths
    on stations.region_code = depths.region_code
group by nested.region_code
