-- severity: error
-- purpose: two rows of one key would count twice
select
    asset_id,
    year,
    count(*) as row_count
from asset_stocktake_year
group by asset_id, year
having count(*) > 1
