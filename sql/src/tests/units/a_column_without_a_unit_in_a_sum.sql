-- grain: organization_id
-- purpose: line numbers
select organization_id, sum(line_no) as lines from energy.monthly group by organization_id
-- accepted:
