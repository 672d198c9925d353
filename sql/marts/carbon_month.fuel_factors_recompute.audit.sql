-- severity: warning
-- purpose: a published fuel factor is its calorific value × carbon content × oxidation × 44/12
-- unit: carbon_dioxide_mass kgCO2, carbon_mass kgC
with

-- A mole of carbon dioxide and the carbon in it.
masses as (

    select 44 as carbon_dioxide_mass, 12 as carbon_mass

),

recomputed as (

    select
        set_id,
        carrier,
        kgco2_per_unit,
        cast(
            ncv_gj_per_unit * cast(carbon_tc_per_tj as decimal(10, 6))
            * cast(oxidation as decimal(6, 4)) * carbon_dioxide_mass as decimal(30, 12)
        ) / carbon_mass as recomputed_kgco2_per_unit
    from reference.fuel_parameter
    cross join masses

)

select set_id, carrier, kgco2_per_unit, recomputed_kgco2_per_unit
from recomputed
where abs(kgco2_per_unit - recomputed_kgco2_per_unit) > 0.0001
