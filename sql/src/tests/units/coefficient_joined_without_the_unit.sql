-- grain: organization_id
-- purpose: joined by carrier alone
select
    carrier.organization_id,
    carrier.quantity * coefficient.kgce_per_unit as energy_kgce
from energy.carrier
inner join reference.coefficient
    on carrier.carrier = coefficient.carrier
-- refused:
-- error: column `energy_kgce` at coefficient_joined_without_the_unit.sql:5 is in `kgce*{unit}/{unit}` (`quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35) and `kgce_per_unit` of reference.coefficient (schemas/contracts/reference/coefficient.yaml:27)), but its name says `kgce`
-- hint: select the column that is in `kgce`, or declare `kgce*{unit}/{unit}` if that is what is meant
