-- grain: organization_id, month
-- purpose: what an organisation reported of electricity, water and gas, and how much of it the bills of
-- its accounts and its meters cover
with

sources as (

    select
        organization_id,
        month,
        carrier,
        region_code,
        class_code,
        unit,
        year,
        form_quantity,
        bill_quantity,
        meter_quantity,
        self_used_quantity,
        form_cost_yuan,
        bill_cost_yuan
    from energy_source_month
    where
        carrier in ('electricity', 'water', 'natural_gas')
        and form_quantity is not null

)

select
    organization_id,
    month,
    region_code,
    class_code,
    year,
    cast(
        sum(
            case
                when carrier = 'electricity' and unit = 'kWh'
                    then form_quantity - self_used_quantity
                else 0
            end
        )
        as decimal(18, 4)
    ) as electricity_bought_kwh,
    cast(
        sum(
            case
                when carrier = 'electricity' and unit = 'kWh'
                    then coalesce(bill_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as electricity_billed_kwh,
    cast(
        sum(
            case
                when carrier = 'electricity' and unit = 'kWh'
                    then coalesce(meter_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as electricity_metered_kwh,
    cast(
        sum(case when carrier = 'electricity' then form_cost_yuan else 0 end)
        as decimal(18, 2)
    ) as electricity_cost_yuan,
    cast(
        sum(
            case
                when carrier = 'electricity' then coalesce(bill_cost_yuan, 0) else 0
            end
        )
        as decimal(18, 2)
    ) as electricity_billed_yuan,
    cast(
        sum(
            case
                when carrier = 'water' and unit = 'm3' then form_quantity
                else 0
            end
        )
        as decimal(18, 4)
    ) as water_m3,
    cast(
        sum(
            case
                when carrier = 'water' and unit = 'm3' then coalesce(bill_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as water_billed_m3,
    cast(
        sum(
            case
                when carrier = 'water' and unit = 'm3' then coalesce(meter_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as water_metered_m3,
    cast(
        sum(case when carrier = 'water' then form_cost_yuan else 0 end)
        as decimal(18, 2)
    ) as water_cost_yuan,
    cast(
        sum(case when carrier = 'water' then coalesce(bill_cost_yuan, 0) else 0 end)
        as decimal(18, 2)
    ) as water_billed_yuan,
    cast(
        sum(
            case
                when carrier = 'natural_gas' and unit = 'm3' then form_quantity
                else 0
            end
        )
        as decimal(18, 4)
    ) as natural_gas_m3,
    cast(
        sum(
            case
                when carrier = 'natural_gas' and unit = 'm3'
                    then coalesce(bill_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as natural_gas_billed_m3,
    cast(
        sum(
            case
                when carrier = 'natural_gas' and unit = 'm3'
                    then coalesce(meter_quantity, 0)
                else 0
            end
        )
        as decimal(18, 4)
    ) as natural_gas_metered_m3,
    cast(
        sum(case when carrier = 'natural_gas' then form_cost_yuan else 0 end)
        as decimal(18, 2)
    ) as natural_gas_cost_yuan,
    cast(
        sum(
            case
                when carrier = 'natural_gas' then coalesce(bill_cost_yuan, 0) else 0
            end
        )
        as decimal(18, 2)
    ) as natural_gas_billed_yuan
from sources
group by organization_id, month, region_code, class_code, year
