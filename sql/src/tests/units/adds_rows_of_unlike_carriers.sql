-- grain: organization_id
-- purpose: a sum over carriers
select organization_id, sum(quantity) as quantity
from energy.carrier
group by organization_id
-- refused:
-- error: adds_rows_of_unlike_carriers.sql:3 takes the sum of values in `{unit}`, a unit that differs from row to row: `quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)
-- hint: group or partition by `unit`, keep one unit with `case when unit = '…' then`, or multiply by a coefficient per `{unit}` before
