-- severity: warning
-- purpose: a difference above the tolerance needs an explanation: arrears, a host who pays, a bundle, a missing form
select
    organization_id,
    year,
    item,
    checked_yuan,
    against_yuan,
    difference_pct
from cost_reconciliation
where not is_within
