-- severity: error
-- purpose: what mergers move, they do not lose: over all organisations no more is compared with than
-- was reported in the earlier year
with

compared as (

    select year, item, unit, sum(previous_value) as previous_quantity
    from change_year
    where comparison = 'year_on_year' and item not in ('people', 'floor_m2')
    group by year, item, unit

),

reported as (

    select year, carrier, unit, sum(quantity) as quantity
    from energy_month
    group by year, carrier, unit

)

select compared.year, compared.item, compared.previous_quantity, reported.quantity
from compared
inner join reported
    on
        compared.year = reported.year + 1
        and compared.item = reported.carrier
        and compared.unit = reported.unit
where compared.previous_quantity > reported.quantity
