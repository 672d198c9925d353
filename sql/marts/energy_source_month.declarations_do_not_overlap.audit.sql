-- severity: error
-- purpose: two rows for one organisation, carrier and day leave open which source counts
select
    earlier.organization_id,
    earlier.carrier,
    earlier.from_date,
    later.from_date as overlapping_from_date
from stg_reference__energy_source as earlier
inner join stg_reference__energy_source as later
    on
        earlier.organization_id = later.organization_id
        and earlier.carrier = later.carrier
        and earlier.from_date < later.from_date
        and earlier.to_date >= later.from_date
