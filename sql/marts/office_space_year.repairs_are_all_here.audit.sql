-- severity: error
-- purpose: the repairs, disposals and rents of the years are those of the sources: none is lost with
-- a building that is unknown or gone
with

years as (

    select min(year) as first_year, max(year) as last_year from int_office_years

),

repairs as (

    select coalesce(sum(coalesce(stg_office__repair.final_yuan, 0)), 0) as repair_yuan
    from stg_office__repair
    cross join years
    where
        date_part('year', stg_office__repair.counted_date)
        between years.first_year and years.last_year

),

disposals as (

    select coalesce(sum(stg_office__disposal.proceeds_yuan), 0) as proceeds_yuan
    from stg_office__disposal
    cross join years
    where
        date_part('year', stg_office__disposal.disposal_date)
        between years.first_year and years.last_year

),

rents as (

    select
        coalesce(
            sum(case when direction = 'let_out' then rent_yuan else 0 end),
            0
        ) as rent_income_yuan
    from int_leases_by_month

),

mart as (

    select
        coalesce(sum(repair_yuan), 0) as repair_yuan,
        coalesce(sum(disposal_proceeds_yuan), 0) as proceeds_yuan,
        coalesce(sum(rent_income_yuan), 0) as rent_income_yuan
    from office_space_year

)

select
    repairs.repair_yuan as source_repair_yuan,
    mart.repair_yuan,
    disposals.proceeds_yuan as source_proceeds_yuan,
    mart.proceeds_yuan,
    rents.rent_income_yuan as source_rent_income_yuan,
    mart.rent_income_yuan
from repairs
cross join disposals
cross join rents
cross join mart
where
    repairs.repair_yuan <> mart.repair_yuan
    or disposals.proceeds_yuan <> mart.proceeds_yuan
    or rents.rent_income_yuan <> mart.rent_income_yuan
