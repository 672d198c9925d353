-- grain: organization_id, year
-- purpose: numerators and denominators of the intensities of an organisation in a year
select
    organization_id,
    year,
    region_code,
    class_code,
    months_reported,
    people,
    staff,
    floor_m2,
    energy_kgce,
    vehicle_energy_kgce,
    electricity_kwh,
    water_m3,
    co2_fixed_kg,
    co2_year_kg,
    months_reported = 12 as is_complete
from int_intensities_summed
