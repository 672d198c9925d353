-- severity: warning
-- purpose: use of a meter that is not registered belongs to nobody and is in no total
select meter_id, min(month) as first_month, count(*) as month_count
from meter_month
where unit is null
group by meter_id
