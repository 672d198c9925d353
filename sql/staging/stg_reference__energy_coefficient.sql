-- grain: coefficient_id
-- purpose: standard-coal coefficients with open ends closed
select
    coefficient_id,
    set_id,
    carrier,
    unit,
    kgce_per_unit,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.energy_coefficient
