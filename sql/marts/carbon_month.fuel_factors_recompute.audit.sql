-- severity: warning
-- purpose: a published fuel factor is its calorific value × carbon content × oxidation × 44/12
with

recomputed as (

    select
        set_id,
        carrier,
        kgco2_per_unit,
        cast(
            ncv_gj_per_unit * cast(carbon_tc_per_tj as decimal(10, 6))
            * cast(oxidation as decimal(6, 4)) * 44 as decimal(30, 12)
        ) / 12 as recomputed_kgco2_per_unit
    from reference.fuel_parameter

)

select set_id, carrier, kgco2_per_unit, recomputed_kgco2_per_unit
from recomputed
where abs(kgco2_per_unit - recomputed_kgco2_per_unit) > 0.0001
