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
-- refused:
-- error: column `quantity` at a_mart_whose_rows_tell_another_unit.sql:8 is in `{unit}` (`quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)), but schemas/contracts/mart/carrier_year.yaml says `another {unit}`
-- hint: select the column that tells the unit from the row the number comes from, so that it is in `another {unit}`
-- error: column `note_value` at a_mart_whose_rows_tell_another_unit.sql:9 is in `{unit}` (`quantity` of energy.carrier (schemas/contracts/energy/carrier.yaml:35)), but schemas/contracts/mart/carrier_year.yaml gives it no unit
-- hint: add `{ property: unit, value: "{unit}" }` to the column in its contract
