-- grain: organization_id, month
-- purpose: CO2 that self-used photovoltaic power avoided: what the same electricity would have emitted had
-- it been bought, by the fixed factor and by that of the year
with

forms as (

    select organization_id, month, pv_self_used_kwh
    from stg_energy__monthly
    where pv_self_used_kwh > 0

),

placed as (

    select organization_id, month, region_code, province_code, class_code, year
    from int_forms_placed

),

fixed_factors as (

    select province_code, factor_id, unit, kgco2_per_unit
    from int_factors_fixed
    where carrier = 'electricity'

),

year_factors as (

    select province_code, year, factor_id, unit, kgco2_per_unit, is_carried_forward
    from int_factors_chosen
    where carrier = 'electricity'

)

select
    forms.organization_id,
    forms.month,
    placed.region_code,
    placed.class_code,
    fixed_factors.factor_id as fixed_factor_id,
    year_factors.factor_id as year_factor_id,
    case
        when fixed_factors.factor_id is null or year_factors.factor_id is null
            then 'no_factor'
    end as reason,
    placed.year,
    forms.pv_self_used_kwh as self_used_kwh,
    cast(
        forms.pv_self_used_kwh * fixed_factors.kgco2_per_unit as decimal(18, 4)
    ) as avoided_fixed_kg,
    cast(
        forms.pv_self_used_kwh * year_factors.kgco2_per_unit as decimal(18, 4)
    ) as avoided_year_kg,
    coalesce(year_factors.is_carried_forward, false) as is_carried_forward
from forms
inner join placed
    on
        forms.organization_id = placed.organization_id
        and forms.month = placed.month
left join fixed_factors
    on
        placed.province_code = fixed_factors.province_code
        and fixed_factors.unit = 'kWh'
left join year_factors
    on
        placed.province_code = year_factors.province_code
        and placed.year = year_factors.year
        and year_factors.unit = 'kWh'
