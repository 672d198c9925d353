-- severity: error
-- purpose: on any day one ordinary limit holds for a class of use
select
    earlier.category,
    later.category as overlapping_category,
    later.from_date
from stg_reference__vehicle_limit as earlier
inner join stg_reference__vehicle_limit as later
    on
        earlier.use_class = later.use_class
        and earlier.from_date < later.from_date
        and earlier.to_date >= later.from_date
where not earlier.is_special and not later.is_special
