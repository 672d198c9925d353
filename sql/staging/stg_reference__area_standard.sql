-- grain: standard_id, organ_level, rank, from_date
-- purpose: office area limits with open ends closed
select
    standard_id,
    organ_level,
    rank,
    max_usable_m2,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.area_standard
