-- severity: warning
-- purpose: the shares of an account's organisations do not exceed the account on any day a binding
-- begins
with

days as (

    select account_id, from_date from stg_energy__account group by account_id, from_date

)

select
    days.account_id,
    days.from_date,
    sum(stg_energy__account.share_pct) as share_pct
from days
inner join stg_energy__account
    on
        days.account_id = stg_energy__account.account_id
        and days.from_date between stg_energy__account.from_date
        and stg_energy__account.to_date
group by days.account_id, days.from_date
having sum(stg_energy__account.share_pct) > 100
