-- severity: error
-- purpose: two rows of one key would count twice
select
    month,
    meter_id,
    count(*) as row_count
from meter_month
group by month, meter_id
having count(*) > 1
