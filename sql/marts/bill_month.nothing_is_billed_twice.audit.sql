-- severity: error
-- purpose: over all organisations no more is billed than the suppliers billed
with

billed as (

    select year, carrier, sum(billed_yuan) as billed_yuan
    from bill_month
    group by year, carrier

),

bills as (

    select
        year,
        carrier,
        sum(case when amount_yuan > 0 then amount_yuan else 0 end) as amount_yuan
    from stg_energy__bill
    group by year, carrier

)

select billed.year, billed.carrier, billed.billed_yuan, bills.amount_yuan
from billed
left join bills
    on
        billed.year = bills.year
        and billed.carrier = bills.carrier
where billed.billed_yuan > coalesce(bills.amount_yuan, 0)
