-- severity: warning
-- purpose: intervals that say other than the registers around them were lost, or the multiplier is wrong
with

settings as (

    select
        cast(
            max(case when name = 'meter_register_tolerance_pct' then value end)
            as decimal(9, 4)
        ) as tolerance_pct
    from stg_reference__setting

)

select
    meter_month.meter_id,
    meter_month.month,
    meter_month.register_quantity,
    meter_month.register_interval_quantity
from meter_month
cross join settings
where
    abs(meter_month.register_quantity - meter_month.register_interval_quantity) * 100
    > abs(meter_month.register_quantity) * settings.tolerance_pct
