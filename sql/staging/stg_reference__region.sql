-- grain: region_code
-- purpose: regions with parent, level and the grid region of a province
select region_code, parent_code, name_zh, name_en, level, grid_region_code
from reference.region
