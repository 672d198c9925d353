-- grain: lease_id
-- purpose: leases of assets, open ends closed
select
    lease_id,
    asset_id,
    organization_id,
    direction,
    party_class,
    rent_yuan_per_month,
    treasury_yuan,
    approval_no is not null as is_approved,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from asset.lease
