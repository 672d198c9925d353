-- grain: source
-- purpose: per cent taken for kilometres
select
    'settings' as source,
    max(
        case when name = 'tank_tolerance_pct' then cast(value as decimal(18, 4)) end
    ) as tolerance_km
from reference.setting
-- refused:
-- error: column `tolerance_km` at settings_of_another_unit.sql:3 is in `%` (the number in `reference.setting.value`), but its name says `km`
-- hint: end its name in `%` if that is what is meant, or select the column that is in `km`
