-- grain: station_id, weather_date
-- purpose: weather of a station's day with its month; a day without a mean takes the middle of its
-- highest and lowest temperature, and says so
select
    station_id,
    region_code,
    to_char(weather_date, '%Y-%m') as month,
    coalesce(
        mean_degc, cast((min_degc + max_degc) / 2 as decimal(9, 4))
    ) as mean_degc,
    mean_degc is null as is_middle,
    weather_date
from energy.weather_day
