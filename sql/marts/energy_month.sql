-- grain: organization_id, month, carrier
-- purpose: quantity, standard coal and cost of each carrier an organisation used in a month
select
    organization_id,
    month,
    carrier,
    region_code,
    class_code,
    coefficient_id,
    unit,
    year,
    quantity,
    vehicle_quantity,
    energy_kgce,
    vehicle_energy_kgce,
    cost_yuan
from int_carriers_converted
