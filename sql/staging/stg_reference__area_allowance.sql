-- grain: standard_id, organ_level, allowance, staff_count, from_date
-- purpose: areas an organisation is allowed beside the offices of persons, open ends closed
select
    standard_id,
    organ_level,
    allowance,
    staff_count,
    value,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.area_allowance
