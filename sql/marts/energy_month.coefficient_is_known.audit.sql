-- severity: error
-- purpose: a carrier without a coefficient would be missing from every energy total
select carrier, unit, year, count(*) as row_count
from energy_month
where carrier <> 'water' and energy_kgce is null
group by carrier, unit, year
