-- severity: error
-- purpose: two rows of one key would count twice
select
    lease_id,
    count(*) as row_count
from asset_lease
group by lease_id
having count(*) > 1
