-- grain: organization_id
-- purpose: twelve months of a cost are a cost
select organization_id, cost_yuan * 12 as year_cost_yuan from energy.monthly
-- accepted:
-- year_cost_yuan: yuan
