-- grain: organization_id
-- purpose: the carrier before in the alphabet is of another unit
select
    organization_id,
    lag(quantity) over (partition by organization_id order by carrier) as before_it
from energy.carrier
-- refused:
-- error: a_window_over_unlike_carriers.sql:5 takes the lag of values in `{unit}`, a unit that differs from row to row: `quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)
-- hint: group or partition by `unit`, keep one unit with `case when unit = '…' then`, or multiply by a coefficient per `{unit}` before
