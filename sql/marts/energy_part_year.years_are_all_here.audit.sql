-- severity: error
-- purpose: every year of an organisation is here once, with the energy of intensity_year
select
    intensity_year.organization_id,
    intensity_year.year,
    intensity_year.energy_kgce,
    energy_part_year.energy_kgce as part_energy_kgce
from intensity_year
left join energy_part_year
    on
        intensity_year.organization_id = energy_part_year.organization_id
        and intensity_year.year = energy_part_year.year
where
    energy_part_year.organization_id is null
    or intensity_year.energy_kgce <> energy_part_year.energy_kgce
