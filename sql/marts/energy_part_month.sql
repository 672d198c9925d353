-- grain: organization_id, month, part, carrier
-- purpose: machine rooms (base form 3) and heating (base form 4) as parts of the energy and water an
-- organisation used, beside the whole they are parts of
with

parts as (

    select
        organization_id,
        month,
        part,
        carrier,
        unit,
        year,
        quantity,
        month_end_date
    from int_parts_unpivoted

),

coefficients as (

    select coefficient_id, carrier, unit, kgce_per_unit, from_date, to_date
    from int_coefficients_chosen

),

wholes as (

    select organization_id, month, carrier, unit, quantity from energy_month

),

placed as (

    select organization_id, month, region_code, class_code from int_forms_placed

)

select
    parts.organization_id,
    parts.month,
    parts.part,
    parts.carrier,
    placed.region_code,
    placed.class_code,
    coefficients.coefficient_id,
    parts.unit,
    parts.year,
    parts.quantity,
    coalesce(wholes.quantity, 0) as whole_quantity,
    case
        when parts.carrier = 'water' then cast(0 as decimal(18, 4))
        else cast(parts.quantity * coefficients.kgce_per_unit as decimal(18, 4))
    end as energy_kgce
from parts
left join coefficients
    on
        parts.carrier = coefficients.carrier
        and parts.unit = coefficients.unit
        and parts.month_end_date between coefficients.from_date
        and coefficients.to_date
left join wholes
    on
        parts.organization_id = wholes.organization_id
        and parts.month = wholes.month
        and parts.carrier = wholes.carrier
        and parts.unit = wholes.unit
left join placed
    on
        parts.organization_id = placed.organization_id
        and parts.month = placed.month
