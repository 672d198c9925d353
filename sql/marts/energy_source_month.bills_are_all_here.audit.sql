-- severity: warning
-- purpose: what suppliers billed and what organisations are told to have been billed is the same, but for
-- shares that do not add up to the account; each row is rounded once to the fourth place
with

bills as (

    select carrier, unit, year, sum(quantity) as quantity
    from stg_energy__bill
    where carrier <> 'wastewater'
    group by carrier, unit, year

),

shared as (

    select
        carrier,
        unit,
        cast(substr(month, 1, 4) as bigint) as year,
        sum(quantity) as quantity,
        count(*) as row_count
    from int_bills_shared
    group by carrier, unit, cast(substr(month, 1, 4) as bigint)

)

select
    bills.carrier,
    bills.unit,
    bills.year,
    bills.quantity,
    coalesce(shared.quantity, 0) as shared_quantity
from bills
left join shared
    on
        bills.carrier = shared.carrier
        and bills.unit = shared.unit
        and bills.year = shared.year
where
    abs(bills.quantity - coalesce(shared.quantity, 0))
    > coalesce(shared.row_count, 0) * 0.0001
