-- severity: error
-- purpose: quantity times factor gives the carbon, but for each row's rounding to the fourth place
with

rows_of_year as (

    select year, carrier, year_factor_id, fixed_factor_id, count(*) as row_count
    from carbon_month
    where reason is null
    group by year, carrier, year_factor_id, fixed_factor_id

)

select
    carbon_factor_year.year,
    carbon_factor_year.carrier,
    carbon_factor_year.quantity,
    carbon_factor_year.year_factor_value,
    carbon_factor_year.co2_year_kg
from carbon_factor_year
left join rows_of_year
    on
        carbon_factor_year.year = rows_of_year.year
        and carbon_factor_year.carrier = rows_of_year.carrier
        and carbon_factor_year.year_factor_id = rows_of_year.year_factor_id
        and carbon_factor_year.fixed_factor_id = rows_of_year.fixed_factor_id
where
    rows_of_year.row_count is null
    or abs(
        carbon_factor_year.quantity * carbon_factor_year.year_factor_value
        - carbon_factor_year.co2_year_kg
    ) > rows_of_year.row_count * 0.0001
    or abs(
        carbon_factor_year.quantity * carbon_factor_year.fixed_factor_value
        - carbon_factor_year.co2_fixed_kg
    ) > rows_of_year.row_count * 0.0001
