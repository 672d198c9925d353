-- grain: organization_id
-- purpose: line numbers
select organization_id, sum(line_no) as lines from energy.monthly group by organization_id
-- refused:
-- error: a_column_without_a_unit_in_a_sum.sql:3 sums `line_no` of energy.monthly (schemas/contracts/energy/monthly.yaml:82), whose contract gives no unit
-- hint: add `{ property: unit, value: … }` to the column in its contract: `1` if it is a plain number, `"{column}"` if another column of the row tells the unit
