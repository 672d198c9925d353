-- grain: building_id
-- purpose: buildings with whether their title can be and is registered, and whether they still stand
select
    building_id,
    compound_id,
    organization_id,
    region_code,
    name,
    registration_status,
    source_kind,
    built_year,
    green_stars,
    floor_m2,
    usable_m2,
    vacant_m2,
    coalesce(
        is_registrable,
        coalesce(source_kind, '') not in ('leased', 'borrowed')
    ) as is_registrable,
    coalesce(
        registration_status in ('own_administration', 'other'),
        false
    ) as is_registered,
    coalesce(status = 'disposed', false) as is_disposed,
    is_retrofitted,
    registration_date
from office.building
