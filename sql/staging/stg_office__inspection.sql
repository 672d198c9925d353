-- grain: inspection_id
-- purpose: findings of inspections with the day by which each is to be mended
select inspection_id, building_id, category, inspection_date, deadline_date, closed_date
from office.inspection
