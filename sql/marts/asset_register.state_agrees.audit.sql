-- severity: warning
-- purpose: cards whose state disagrees with their holder, their newest count or their leases
select
    conflict,
    count(*) as card_count,
    min(asset_id) as asset_id,
    sum(original_value_yuan) as original_value_yuan
from asset_register
where conflict is not null
group by conflict
