-- severity: error
-- purpose: use that no row of reference.energy_source covers would be in no total
select carrier, min(month) as first_month, count(*) as row_count
from energy_source_month
where reason = 'not_declared'
group by carrier
