-- grain: organization_id, month, carrier
-- purpose: carriers in standard coal, by the coefficient of the chosen set that holds on the last day
-- of the month; water is zero and needs none
with

carriers as (

    select
        int_carriers_unpivoted.organization_id,
        int_carriers_unpivoted.month,
        int_carriers_unpivoted.carrier,
        int_forms_placed.region_code,
        int_forms_placed.province_code,
        int_forms_placed.class_code,
        int_carriers_unpivoted.unit,
        int_forms_placed.year,
        int_carriers_unpivoted.quantity,
        int_carriers_unpivoted.vehicle_quantity,
        int_carriers_unpivoted.emitting_quantity,
        int_carriers_unpivoted.cost_yuan,
        int_forms_placed.month_end_date
    from int_carriers_unpivoted
    inner join int_forms_placed
        on
            int_carriers_unpivoted.organization_id = int_forms_placed.organization_id
            and int_carriers_unpivoted.month = int_forms_placed.month

),

coefficients as (

    select coefficient_id, carrier, unit, kgce_per_unit, from_date, to_date
    from int_coefficients_chosen

)

select
    carriers.organization_id,
    carriers.month,
    carriers.carrier,
    carriers.region_code,
    carriers.province_code,
    carriers.class_code,
    coefficients.coefficient_id,
    carriers.unit,
    carriers.year,
    carriers.quantity,
    carriers.vehicle_quantity,
    carriers.emitting_quantity,
    case
        when carriers.carrier = 'water' then cast(0 as decimal(18, 4))
        else
            cast(carriers.quantity * coefficients.kgce_per_unit as decimal(18, 4))
    end as energy_kgce,
    case
        when carriers.carrier = 'water' then cast(0 as decimal(18, 4))
        else
            cast(
                carriers.vehicle_quantity * coefficients.kgce_per_unit as decimal(18, 4)
            )
    end as vehicle_energy_kgce,
    carriers.cost_yuan
from carriers
left join coefficients
    on
        carriers.carrier = coefficients.carrier
        and carriers.unit = coefficients.unit
        and carriers.month_end_date between coefficients.from_date
        and coefficients.to_date
