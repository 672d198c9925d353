-- grain: rule_id
-- purpose: rules of renewal with open ends closed
select
    rule_id,
    region_code,
    fuel_class,
    min_years,
    min_km,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.renewal_rule
