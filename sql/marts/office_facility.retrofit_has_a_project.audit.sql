-- severity: warning
-- purpose: buildings marked as retrofitted without a finished project, or the other way round
select retrofit_conflict, count(*) as building_count, min(building_id) as building_id
from office_facility
where retrofit_conflict is not null
group by retrofit_conflict
