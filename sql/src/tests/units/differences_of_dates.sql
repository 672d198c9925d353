-- grain: organization_id
-- purpose: dates have no unit, their difference days
select organization_id, read_date - base_date as days, date_part('year', read_date) - year as years
from energy.monthly
-- accepted:
-- days: d
-- years: year
