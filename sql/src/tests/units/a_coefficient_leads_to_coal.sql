-- grain: organization_id
-- purpose: kWh by kgce/kWh
select
    monthly.organization_id,
    monthly.electricity_kwh * coefficient.kgce_per_kwh as energy_kgce
from energy.monthly
cross join reference.coefficient
-- accepted:
-- energy_kgce: kgce
