-- grain: factor_id
-- purpose: emission factors; an empty year holds for every year
select factor_id, carrier, region_code, unit, scope, grade, year, kgco2_per_unit
from reference.emission_factor
