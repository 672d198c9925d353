-- severity: warning
-- purpose: without people or floor area an organisation has numerators only, and a region looks worse than it is
select organization_id, year, people, floor_m2
from intensity_year
where people is null or floor_m2 is null
