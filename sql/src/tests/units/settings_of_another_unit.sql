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
-- refused:
-- error: column `tolerance_km` at settings_of_another_unit.sql:3 is in `%` (the number in `reference.setting.value`), but its name says `km`
-- hint: select the column that is in `km`, or declare `%` if that is what is meant
