-- severity: warning
-- purpose: a station without a region stands for none
select station_id, count(*) as day_count
from stg_energy__weather_day
where region_code is null
group by station_id
