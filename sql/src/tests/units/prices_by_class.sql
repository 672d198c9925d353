-- grain: organization_id
-- purpose: a price per litre or kWh
select
    vehicle_id as organization_id,
    case cost_class
        when 'fuel' then fuel_l * unit_price_yuan
        when 'charge' then charge_kwh * unit_price_yuan
    end as computed_yuan
from vehicle.cost
-- accepted:
-- computed_yuan: yuan
