-- grain: organization_id
-- purpose: what nothing else tells
-- unit: y month, divisor year2
select organization_id, count(distinct month) as y, 10 as divisor, year * cost_yuan / 10 as z from energy.monthly
group by organization_id, year, cost_yuan
-- accepted:
-- y: month
-- divisor: year2
-- z: year*yuan times 1/10
