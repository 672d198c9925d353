-- severity: error
-- purpose: a carrier without a coefficient would be missing from every energy of a part
select carrier, unit, year, count(*) as row_count
from energy_part_month
where energy_kgce is null
group by carrier, unit, year
