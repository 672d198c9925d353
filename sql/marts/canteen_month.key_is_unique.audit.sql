-- severity: error
-- purpose: two rows of one key would count twice
select
    canteen_id,
    month,
    count(*) as row_count
from canteen_month
group by canteen_id, month
having count(*) > 1
