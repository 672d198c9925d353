-- grain: organization_id, carrier, from_date
-- purpose: which source counts for an organisation's carrier, open ends closed
select
    organization_id,
    carrier,
    counted_source,
    grade,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.energy_source
