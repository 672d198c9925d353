-- grain: criterion, from_date
-- purpose: what an organ is judged by as a saving organ, open ends closed
select
    criterion,
    unit,
    comparison,
    source,
    grade,
    threshold,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.saving_criterion
