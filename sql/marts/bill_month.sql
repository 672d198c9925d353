-- grain: organization_id, month, carrier
-- purpose: what an organisation reported of a carrier against what suppliers billed it: each account's
-- bills by the share that the binding gives on the last day of the month. Without a bound account
-- nothing is billed and reason says so. A bill in another unit than the form is not compared.
with

accounts as (

    select account_id, organization_id, carrier, share_pct, from_date, to_date
    from stg_energy__account

),

bills as (

    select
        account_id,
        month,
        carrier,
        unit,
        month_end_date,
        sum(quantity) as quantity,
        sum(coalesce(amount_yuan, 0)) as amount_yuan
    from stg_energy__bill
    where account_id is not null
    group by account_id, month, carrier, unit, month_end_date

),

forms as (

    select organization_id, month, month_end_date from stg_energy__monthly

),

given_units as (

    select carrier, unit, true as is_form from energy_month
    union all
    select carrier, unit, false as is_form from stg_energy__bill

),

-- The unit of a carrier is that of the forms, else of the bills.
units as (

    select
        carrier,
        coalesce(max(case when is_form then unit end), max(unit)) as unit
    from given_units
    group by carrier

),

bound as (

    select
        accounts.organization_id,
        forms.month,
        accounts.carrier,
        units.unit,
        accounts.account_id,
        accounts.share_pct
    from accounts
    inner join forms
        on
            accounts.organization_id = forms.organization_id
            and forms.month_end_date between accounts.from_date and accounts.to_date
    left join units
        on accounts.carrier = units.carrier

),

billed as (

    select
        bound.organization_id,
        bound.month,
        bound.carrier,
        bound.unit,
        count(*) as account_count,
        sum(case when bills.account_id is null then 1 else 0 end) as unbilled_accounts,
        cast(
            sum(coalesce(bills.quantity, 0) * bound.share_pct) / 100 as decimal(18, 4)
        ) as billed_quantity,
        cast(
            sum(coalesce(bills.amount_yuan, 0) * bound.share_pct) / 100
            as decimal(18, 2)
        ) as billed_yuan
    from bound
    left join bills
        on
            bound.account_id = bills.account_id
            and bound.month = bills.month
            and bound.carrier = bills.carrier
            and bound.unit = bills.unit
    group by bound.organization_id, bound.month, bound.carrier, bound.unit

),

billed_carriers as (

    select carrier from accounts group by carrier

),

reported as (

    select
        energy_month.organization_id,
        energy_month.month,
        energy_month.carrier,
        energy_month.unit,
        energy_month.quantity,
        energy_month.cost_yuan
    from energy_month
    inner join billed_carriers
        on energy_month.carrier = billed_carriers.carrier

),

matched as (

    select
        coalesce(reported.organization_id, billed.organization_id) as organization_id,
        coalesce(reported.month, billed.month) as month,
        coalesce(reported.carrier, billed.carrier) as carrier,
        coalesce(reported.unit, billed.unit) as unit,
        coalesce(billed.account_count, 0) as account_count,
        coalesce(billed.unbilled_accounts, 0) as unbilled_accounts,
        coalesce(reported.quantity, 0) as quantity,
        billed.billed_quantity,
        coalesce(reported.cost_yuan, 0) as cost_yuan,
        billed.billed_yuan
    from reported
    full outer join billed
        on
            reported.organization_id = billed.organization_id
            and reported.month = billed.month
            and reported.carrier = billed.carrier
            and reported.unit = billed.unit

),

placed as (

    select organization_id, month, region_code, class_code from int_forms_placed

)

select
    matched.organization_id,
    matched.month,
    matched.carrier,
    placed.region_code,
    placed.class_code,
    matched.unit,
    case when matched.account_count = 0 then 'no_account' end as reason,
    cast(substr(matched.month, 1, 4) as bigint) as year,
    matched.account_count,
    matched.unbilled_accounts,
    matched.quantity,
    matched.billed_quantity,
    matched.cost_yuan,
    matched.billed_yuan
from matched
left join placed
    on
        matched.organization_id = placed.organization_id
        and matched.month = placed.month
