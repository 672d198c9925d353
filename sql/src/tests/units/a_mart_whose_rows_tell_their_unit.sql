-- grain: organization_id
-- purpose: a long mart
-- as: mart.carrier_year
select organization_id, carrier, unit, sum(quantity) as quantity, 1 as note_value
from energy.carrier
group by organization_id, carrier, unit
-- accepted:
