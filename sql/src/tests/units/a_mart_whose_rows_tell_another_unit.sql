-- grain: organization_id
-- purpose: the unit column is of another table
-- as: mart.carrier_year
select
    carrier.organization_id,
    carrier.carrier,
    coefficient.unit,
    carrier.quantity,
    carrier.quantity as note_value
from energy.carrier
inner join reference.coefficient
    on carrier.carrier = coefficient.carrier
-- accepted:
