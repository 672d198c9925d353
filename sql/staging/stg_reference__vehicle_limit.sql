-- grain: category, from_date
-- purpose: limits of price and displacement with the class of use they are for and whether they are
-- for special cases only; the large bus is a special case of emergency support. Open ends closed
select
    category,
    case
        when category = 'large_bus' then 'emergency'
        else replace(category, '_special', '')
    end as use_class,
    max_price_yuan,
    max_displacement_l,
    max_price_nev_yuan,
    category = 'large_bus' or category like '%\_special' as is_special,
    from_date,
    coalesce(to_date, date '9999-12-31') as to_date
from reference.vehicle_limit
