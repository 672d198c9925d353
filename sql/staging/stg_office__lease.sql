-- grain: lease_id
-- purpose: premises let, lent, rented and borrowed; an unknown beginning lies before all years, an open
-- end after them. Only what is let or rented has a rent
select
    lease_id,
    building_id,
    room_id,
    organization_id,
    direction,
    leased_m2,
    rent_yuan_per_m2_month,
    direction in ('let_out', 'rented_in') as has_rent,
    direction in ('let_out', 'lent_out') and approval_no is null as is_unapproved,
    coalesce(from_date, date '1900-01-01') as from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from office.lease
