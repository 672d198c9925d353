-- severity: warning
-- purpose: cost over quantity outside the band of reference.setting is a wrong quantity, cost or unit
with

low_prices as (

    select
        replace(name, 'unit_price_low.', '') as carrier,
        cast(value as decimal(18, 4)) as price_yuan
    from stg_reference__setting
    where name like 'unit_price_low.%'

),

high_prices as (

    select
        replace(name, 'unit_price_high.', '') as carrier,
        cast(value as decimal(18, 4)) as price_yuan
    from stg_reference__setting
    where name like 'unit_price_high.%'

)

select
    energy_month.organization_id,
    energy_month.month,
    energy_month.carrier,
    energy_month.quantity,
    energy_month.cost_yuan,
    low_prices.price_yuan as low_price_yuan,
    high_prices.price_yuan as high_price_yuan
from energy_month
inner join low_prices
    on energy_month.carrier = low_prices.carrier
inner join high_prices
    on energy_month.carrier = high_prices.carrier
where
    energy_month.quantity > 0
    and energy_month.cost_yuan > 0
    and (
        energy_month.cost_yuan < energy_month.quantity * low_prices.price_yuan
        or energy_month.cost_yuan > energy_month.quantity * high_prices.price_yuan
    )
