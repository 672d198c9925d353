-- grain: organization_id
-- purpose: line numbers times kWh
select organization_id, line_no * electricity_kwh as x from energy.monthly
-- refused:
-- error: a_column_without_a_unit_in_a_product.sql:3 multiplies `line_no` of energy.monthly (schemas/contracts/energy/monthly.yaml:82), whose contract gives no unit
-- hint: add `{ property: unit, value: … }` to the column in its contract: `1` if it is a plain number, `"{column}"` if another column of the row tells the unit
