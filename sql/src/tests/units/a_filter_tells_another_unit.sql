-- grain: organization_id
-- purpose: m3 called kWh
select organization_id, sum(quantity) as electricity_kwh
from energy.carrier
where unit = 'm3'
group by organization_id
-- refused:
-- error: column `electricity_kwh` at a_filter_tells_another_unit.sql:3 is in `m3` (`quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)), but its name says `kWh`
-- hint: end its name in `m3` if that is what is meant, or select the column that is in `kWh`
