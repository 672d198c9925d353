-- grain: standard_no, class_code, subclass, zone, indicator, from_date
-- purpose: quotas of the provincial standards with open ends closed
select
    standard_no,
    class_code,
    subclass,
    zone,
    indicator,
    unit,
    coefficient_set_id,
    limit_value,
    base_value,
    guide_value,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.quota
