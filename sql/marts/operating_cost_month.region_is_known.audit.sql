-- severity: warning
-- purpose: an organisation without a region is missing from every regional total
select organization_id, min(month) as first_month, sum(executed_yuan) as executed_yuan
from operating_cost_month
where region_code is null
group by organization_id
