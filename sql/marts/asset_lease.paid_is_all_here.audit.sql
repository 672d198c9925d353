-- severity: error
-- purpose: what the leases paid to the treasury is here to the cent
with

source as (

    select count(*) as lease_count, coalesce(sum(treasury_yuan), 0) as paid_yuan
    from stg_asset__lease

),

mart as (

    select count(*) as lease_count, coalesce(sum(paid_yuan), 0) as paid_yuan
    from asset_lease

)

select
    source.lease_count as source_lease_count,
    mart.lease_count,
    source.paid_yuan as source_paid_yuan,
    mart.paid_yuan
from source
cross join mart
where source.lease_count <> mart.lease_count or source.paid_yuan <> mart.paid_yuan
