-- grain: room_id, person_key, from_date
-- purpose: who uses a room from when to when, open ends closed; staff of no stated type are established
select
    room_id,
    person_key,
    organization_id,
    organ_level,
    rank,
    coalesce(staff_type, 'established') as staff_type,
    exception_reason,
    exception_reason is not null as is_excepted,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from office.occupancy
