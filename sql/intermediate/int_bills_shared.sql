-- grain: organization_id, month, carrier, unit
-- purpose: bills by the share of each organisation bound to the account on the last day of the month; a
-- bill of an account without a binding belongs to the organisation on it.
-- Without any amount there is no cost, which is other than none
with

bills as (

    select
        account_id,
        organization_id,
        carrier,
        month,
        unit,
        quantity,
        amount_yuan,
        month_end_date
    from stg_energy__bill
    where carrier <> 'wastewater'

),

shared as (

    select
        coalesce(accounts.organization_id, bills.organization_id) as organization_id,
        bills.month,
        bills.carrier,
        bills.unit,
        bills.quantity * coalesce(accounts.share_pct, 100) as hundredfold_quantity,
        bills.amount_yuan * coalesce(accounts.share_pct, 100) as hundredfold_amount
    from bills
    left join stg_energy__account as accounts
        on
            bills.account_id = accounts.account_id
            and bills.carrier = accounts.carrier
            and bills.month_end_date between accounts.from_date and accounts.to_date

)

select
    organization_id,
    month,
    carrier,
    unit,
    cast(sum(hundredfold_quantity) / 100 as decimal(18, 4)) as quantity,
    cast(sum(hundredfold_amount) / 100 as decimal(18, 2)) as cost_yuan
from shared
where organization_id is not null
group by organization_id, month, carrier, unit
