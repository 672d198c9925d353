-- severity: warning
-- purpose: what was counted must have a card; its card may have been refused, then it is in quarantine
select asset_id, year, organization_id, outcome
from asset_stocktake_year
where finding = 'no_card'
