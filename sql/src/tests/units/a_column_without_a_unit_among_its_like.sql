-- grain: organization_id
-- purpose: line numbers are compared, not measured
select organization_id, line_no + 1 as next_line_no from energy.monthly where line_no > 3
-- accepted:
-- next_line_no: no unit
