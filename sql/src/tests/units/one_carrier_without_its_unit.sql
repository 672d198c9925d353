-- grain: organization_id
-- purpose: the carrier alone says no unit
select
    organization_id,
    sum(case when carrier = 'electricity' then quantity else 0 end) as electricity_kwh
from energy.carrier
group by organization_id
-- refused:
-- error: one_carrier_without_its_unit.sql:5 takes the sum of values in `{unit}`, a unit that differs from row to row: `quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)
-- hint: group or partition by `unit`, keep one unit with `case when unit = '…' then`, or multiply by a coefficient per `{unit}` before
