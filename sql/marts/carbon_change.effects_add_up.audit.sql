-- severity: error
-- purpose: the effects add up to the change to the last digit
select
    organization_id,
    year,
    carrier,
    change_co2_kg,
    activity_co2_kg,
    intensity_co2_kg,
    mix_co2_kg,
    factor_co2_kg,
    unexplained_co2_kg
from carbon_change
where
    change_co2_kg <> after_co2_kg - before_co2_kg
    or change_co2_kg
    <> activity_co2_kg
    + intensity_co2_kg
    + mix_co2_kg
    + factor_co2_kg
    + unexplained_co2_kg
