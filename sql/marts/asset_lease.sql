-- grain: lease_id
-- purpose: each lease of an asset on the newest day known: rent due until then, what was paid to the
-- treasury of it, and what is owed; whether it was approved and whether the card knows of it
with

leases as (

    select
        lease_id,
        asset_id,
        organization_id,
        direction,
        party_class,
        rent_yuan_per_month,
        treasury_yuan,
        is_approved,
        from_date,
        to_date
    from stg_asset__lease

),

dues as (

    select lease_id, rent_due_yuan
    from int_asset_rents_due
    where period = 'all'

),

measured as (

    select
        leases.lease_id,
        leases.asset_id,
        leases.organization_id,
        cards.asset_class,
        cards.name,
        leases.direction,
        leases.party_class,
        case
            when leases.from_date > reached.state_date then 'not_begun'
            when leases.to_date < reached.state_date then 'ended'
            else 'running'
        end as state,
        case
            when leases.direction = 'lent_out' then 'lent'
            when leases.rent_yuan_per_month is null then 'no_rent'
            when leases.from_date > reached.state_date then 'not_begun'
        end as due_reason,
        leases.rent_yuan_per_month,
        dues.rent_due_yuan,
        coalesce(leases.treasury_yuan, 0) as paid_yuan,
        leases.is_approved,
        cards.asset_id is not null as has_card,
        leases.from_date,
        -- an open end stays open
        case
            when leases.to_date < date '9999-12-31' then leases.to_date
        end as to_date,
        reached.state_date
    from leases
    cross join int_assets_reached as reached
    left join dues
        on leases.lease_id = dues.lease_id
    left join stg_asset__card as cards
        on leases.asset_id = cards.asset_id

)

select
    measured.lease_id,
    measured.asset_id,
    measured.organization_id,
    organizations.region_code,
    measured.asset_class,
    measured.name,
    measured.direction,
    measured.party_class,
    measured.state,
    case
        when measured.due_reason is not null then 'not_judged'
        when measured.paid_yuan < measured.rent_due_yuan then 'owing'
        when measured.paid_yuan > measured.rent_due_yuan then 'paid_ahead'
        else 'paid'
    end as verdict,
    measured.due_reason,
    measured.rent_yuan_per_month,
    measured.rent_due_yuan,
    measured.paid_yuan,
    case
        when measured.due_reason is null
            then greatest(measured.rent_due_yuan - measured.paid_yuan, 0)
    end as owed_yuan,
    case
        when measured.due_reason is null
            then greatest(measured.paid_yuan - measured.rent_due_yuan, 0)
    end as paid_ahead_yuan,
    measured.is_approved,
    measured.has_card,
    measured.from_date,
    measured.to_date,
    measured.state_date
from measured
left join int_organizations_dated as organizations
    on
        measured.organization_id = organizations.organization_id
        and measured.state_date between organizations.holds_from_date
        and organizations.holds_to_date
