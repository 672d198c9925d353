-- grain: coefficient_id
-- purpose: coefficients of the set that the city has chosen for its energy statistics
select
    stg_reference__energy_coefficient.coefficient_id,
    stg_reference__energy_coefficient.carrier,
    stg_reference__energy_coefficient.unit,
    stg_reference__energy_coefficient.kgce_per_unit,
    stg_reference__energy_coefficient.from_date,
    stg_reference__energy_coefficient.to_date
from stg_reference__energy_coefficient
inner join stg_reference__setting
    on
        stg_reference__energy_coefficient.set_id = stg_reference__setting.value
        and stg_reference__setting.name = 'energy_coefficient_set'
