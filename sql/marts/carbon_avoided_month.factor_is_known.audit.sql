-- severity: warning
-- purpose: power of the own roof without a factor is missing from what it avoided
select year, count(*) as row_count
from carbon_avoided_month
where reason is not null
group by year
