-- grain: account_id, organization_id, from_date
-- purpose: which supplier account serves which organisation for what share, open ends closed
select
    account_id,
    organization_id,
    carrier,
    coalesce(share_pct, 100) as share_pct,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from energy.account
