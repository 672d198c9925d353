-- grain: region_code, ancestor_code
-- purpose: each region with itself and every region above it; four steps reach from a reporting unit
-- of a city to the country
with

regions as (

    select region_code, parent_code from stg_reference__region

),

selves as (

    select region_code, region_code as ancestor_code, parent_code from regions

),

first_parents as (

    select
        selves.region_code,
        regions.region_code as ancestor_code,
        regions.parent_code
    from selves
    inner join regions on selves.parent_code = regions.region_code

),

second_parents as (

    select
        first_parents.region_code,
        regions.region_code as ancestor_code,
        regions.parent_code
    from first_parents
    inner join regions on first_parents.parent_code = regions.region_code

),

third_parents as (

    select
        second_parents.region_code,
        regions.region_code as ancestor_code,
        regions.parent_code
    from second_parents
    inner join regions on second_parents.parent_code = regions.region_code

),

fourth_parents as (

    select
        third_parents.region_code,
        regions.region_code as ancestor_code,
        regions.parent_code
    from third_parents
    inner join regions on third_parents.parent_code = regions.region_code

)

select region_code, ancestor_code from selves
union all
select region_code, ancestor_code from first_parents
union all
select region_code, ancestor_code from second_parents
union all
select region_code, ancestor_code from third_parents
union all
select region_code, ancestor_code from fourth_parents
