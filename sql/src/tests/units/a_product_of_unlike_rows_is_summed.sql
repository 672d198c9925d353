-- grain: organization_id
-- purpose: a coefficient joined by carrier alone, and summed
select
    carrier.organization_id,
    sum(carrier.quantity * coefficient.kgce_per_unit) as energy
from energy.carrier
inner join reference.coefficient
    on carrier.carrier = coefficient.carrier
group by carrier.organization_id
-- refused:
-- error: a_product_of_unlike_rows_is_summed.sql:5 takes the sum of values in `kgce*{unit}/{unit}`, a unit that differs from row to row: `quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35) and `kgce_per_unit` of reference.coefficient (schemas/contracts/reference/coefficient.yaml:27)
-- hint: group or partition by `unit`, keep one unit with `case when unit = '…' then`, or multiply by a coefficient per `kgce*{unit}/{unit}` before
