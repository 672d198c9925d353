-- severity: warning
-- purpose: rent that is due and was not paid to the treasury
select lease_id, organization_id, state, rent_due_yuan, paid_yuan, owed_yuan
from asset_lease
where owed_yuan > 0
