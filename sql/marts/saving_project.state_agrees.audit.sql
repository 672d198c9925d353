-- severity: warning
-- purpose: projects whose state disagrees with their dates, their saving or their building
select project_id, organization_id, building_id, status, conflict
from saving_project
where conflict is not null
