-- grain: building_id
-- purpose: buildings with whether their title can be and is registered
select
    building_id,
    compound_id,
    organization_id,
    region_code,
    name,
    registration_status,
    built_year,
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
    ) as is_registered
from office.building
where coalesce(status, '') <> 'disposed'
