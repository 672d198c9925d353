-- severity: error
-- purpose: every vehicle in stock has a row, also one that nobody used
select vehicle_stock_year.vehicle_id, vehicle_stock_year.year
from vehicle_stock_year
left join vehicle_efficiency_year
    on
        vehicle_stock_year.vehicle_id = vehicle_efficiency_year.vehicle_id
        and vehicle_stock_year.year = vehicle_efficiency_year.year
where vehicle_stock_year.is_in_stock and vehicle_efficiency_year.vehicle_id is null
