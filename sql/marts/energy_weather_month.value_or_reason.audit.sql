-- severity: error
-- purpose: energy per degree day is there, or the reason why it is not
select organization_id, month, energy_per_degree_day, reason
from energy_weather_month
where (energy_per_degree_day is null) = (reason is null)
