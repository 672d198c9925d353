-- severity: error
-- purpose: two rows of one key would count twice
select
    asset_id,
    count(*) as row_count
from asset_register
group by asset_id
having count(*) > 1
