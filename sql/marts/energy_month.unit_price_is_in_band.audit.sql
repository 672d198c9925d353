-- severity: warning
-- purpose: cost over quantity outside the band of reference.setting is a wrong quantity, cost or unit
-- unit: low_yuan yuan, high_yuan yuan
with

low_prices as (

    select
        replace(name, 'unit_price_low.', '') as carrier,
        cast(value as decimal(18, 4)) as price
    from stg_reference__setting
    where name like 'unit_price_low.%'

),

high_prices as (

    select
        replace(name, 'unit_price_high.', '') as carrier,
        cast(value as decimal(18, 4)) as price
    from stg_reference__setting
    where name like 'unit_price_high.%'

),

priced as (

    select
        energy_month.organization_id,
        energy_month.month,
        energy_month.carrier,
        energy_month.quantity,
        energy_month.cost_yuan,
        energy_month.quantity * low_prices.price as low_yuan,
        energy_month.quantity * high_prices.price as high_yuan
    from energy_month
    inner join low_prices
        on energy_month.carrier = low_prices.carrier
    inner join high_prices
        on energy_month.carrier = high_prices.carrier

)

select
    organization_id,
    month,
    carrier,
    quantity,
    cost_yuan,
    low_yuan,
    high_yuan
from priced
where
    quantity > 0
    and cost_yuan > 0
    and (cost_yuan < low_yuan or cost_yuan > high_yuan)
