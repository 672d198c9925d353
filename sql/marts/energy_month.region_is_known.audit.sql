-- severity: warning
-- purpose: an organisation without a region is missing from every regional total
select organization_id, min(month) as first_month, count(*) as row_count
from energy_month
where region_code is null
group by organization_id
