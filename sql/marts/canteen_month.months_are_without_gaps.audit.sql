-- severity: warning
-- purpose: months that a canteen did not report, or whose report was refused
select canteen_id, organization_id, month as next_month, gap_months
from canteen_month
where gap_months > 0
