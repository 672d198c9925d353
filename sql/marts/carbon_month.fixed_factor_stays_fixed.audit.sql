-- severity: error
-- purpose: targets are judged by one electricity factor over all years
select count(distinct fixed_factor_id) as factor_count
from carbon_month
where carrier = 'electricity'
having count(distinct fixed_factor_id) > 1
