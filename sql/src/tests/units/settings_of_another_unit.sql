-- grain: organization_id
-- purpose: per cent taken for kilometres
select
    max(
        case when name = 'tank_tolerance_pct' then cast(value as decimal(18, 4)) end
    ) as organization_id,
    max(
        case when name = 'tank_tolerance_pct' then cast(value as decimal(18, 4)) end
    ) as tolerance_km
from reference.setting
-- accepted:
