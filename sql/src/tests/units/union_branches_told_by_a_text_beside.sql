-- grain: organization_id
-- purpose: a long table, summed by unit and turned to coal
with

long as (

    select organization_id, 'electricity' as carrier, 'kWh' as unit, electricity_kwh as quantity
    from energy.monthly
    union all
    select organization_id, 'raw_coal', 'kg', cast(raw_coal_t * 1000 as decimal(18, 4))
    from energy.monthly

),

summed as (

    select organization_id, carrier, unit, sum(quantity) as quantity
    from long
    group by organization_id, carrier, unit

)

select
    summed.organization_id,
    summed.unit,
    summed.quantity,
    summed.quantity * coefficients.kgce_per_unit as energy_kgce
from summed
left join reference.coefficient as coefficients
    on summed.carrier = coefficients.carrier and summed.unit = coefficients.unit
-- accepted:
-- quantity: {unit}
-- energy_kgce: kgce
