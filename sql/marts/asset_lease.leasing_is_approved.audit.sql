-- severity: warning
-- purpose: no asset is let or lent without an approval, nor one that the register does not know
select lease_id, organization_id, asset_id, direction, is_approved, has_card
from asset_lease
where state = 'running' and (not is_approved or not has_card)
