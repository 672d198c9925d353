-- grain: organization_id, award, from_date
-- purpose: organisations named as saving organs or model units, open ends closed
select
    organization_id,
    award,
    award_level,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.model_unit
