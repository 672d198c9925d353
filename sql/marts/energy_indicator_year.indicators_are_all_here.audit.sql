-- severity: error
-- purpose: every organisation's year has each intensity of its people and floor area
select organization_id, year, count(*) as indicator_count
from energy_indicator_year
where indicator not in ('heating_energy_per_area', 'pue')
group by organization_id, year
having count(*) <> 12
