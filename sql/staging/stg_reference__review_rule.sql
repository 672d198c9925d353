-- grain: rule, item, from_date
-- purpose: review rules with tolerance and least impact, open ends closed; the item `all` stands for
-- every item that has no row of its own
select
    rule,
    item,
    topic,
    severity,
    tolerance_pct,
    min_impact_kgce,
    min_impact_yuan,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.review_rule
