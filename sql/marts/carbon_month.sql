-- grain: organization_id, month, carrier
-- purpose: CO2 of each carrier of an organisation in a month, by the fixed factor that judges targets
-- and by the factor of the year for the inventory
select
    organization_id,
    month,
    carrier,
    region_code,
    class_code,
    scope,
    fixed_factor_id,
    year_factor_id,
    reason,
    unit,
    year,
    quantity,
    co2_fixed_kg,
    co2_year_kg,
    is_carried_forward
from int_carbon_computed
