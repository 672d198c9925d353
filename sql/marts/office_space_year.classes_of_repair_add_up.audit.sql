-- severity: error
-- purpose: daily, medium and major repairs are all repairs
select building_id, year, repair_yuan
from office_space_year
where repair_daily_yuan + repair_medium_yuan + repair_major_yuan <> repair_yuan
