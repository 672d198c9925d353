-- severity: error
-- purpose: where all twelve months are compared, the value is the year's total of energy_month
with

years as (

    select organization_id, year, carrier, unit, sum(quantity) as quantity
    from energy_month
    group by organization_id, year, carrier, unit

)

select
    change_year.comparison,
    change_year.organization_id,
    change_year.year,
    change_year.item,
    change_year.value,
    years.quantity
from change_year
inner join years
    on
        change_year.organization_id = years.organization_id
        and change_year.year = years.year
        and change_year.item = years.carrier
        and change_year.unit = years.unit
where change_year.months = 12 and change_year.value <> years.quantity
