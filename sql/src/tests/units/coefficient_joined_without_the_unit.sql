-- grain: organization_id
-- purpose: joined by carrier alone
select
    carrier.organization_id,
    carrier.quantity * coefficient.kgce_per_unit as energy_kgce
from energy.carrier
inner join reference.coefficient
    on carrier.carrier = coefficient.carrier
-- accepted:
