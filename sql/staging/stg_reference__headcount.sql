-- grain: organization_id, from_date
-- purpose: dated staff and people of an organisation
select
    organization_id,
    authorized_staff,
    staff,
    people,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.headcount
