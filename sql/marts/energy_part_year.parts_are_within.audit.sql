-- severity: error
-- purpose: what is left after taking parts off is not less than nothing
select organization_id, year, non_heating_energy_kgce, regular_electricity_kwh
from energy_part_year
where
    non_heating_energy_kgce < 0
    or regular_electricity_kwh < 0
    or pue_electricity_kwh < pue_it_kwh
