-- grain: lease_id, year
-- purpose: rent of each lease of an asset due in each year of the calendar, in the newest until the
-- newest day known
with

dues as (

    -- Not `cast`: a condition on the year may be tried on 'all' before the condition below.
    select
        lease_id,
        try_cast(period as bigint) as year,
        rent_due_yuan,
        from_date,
        to_date
    from int_asset_rents_due
    where period <> 'all'

)

select
    dues.lease_id,
    dues.year,
    leases.asset_id,
    leases.organization_id,
    organizations.region_code,
    cards.asset_class,
    leases.direction,
    leases.party_class,
    case
        when leases.direction = 'lent_out' then 'lent'
        when leases.rent_yuan_per_month is null then 'no_rent'
    end as due_reason,
    dues.rent_due_yuan,
    dues.from_date,
    dues.to_date
from dues
inner join stg_asset__lease as leases
    on dues.lease_id = leases.lease_id
left join stg_asset__card as cards
    on leases.asset_id = cards.asset_id
left join int_organizations_dated as organizations
    on
        leases.organization_id = organizations.organization_id
        and dues.to_date between organizations.holds_from_date
        and organizations.holds_to_date
