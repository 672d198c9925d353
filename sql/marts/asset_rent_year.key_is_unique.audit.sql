-- severity: error
-- purpose: two rows of one key would count twice
select
    lease_id,
    year,
    count(*) as row_count
from asset_rent_year
group by lease_id, year
having count(*) > 1
