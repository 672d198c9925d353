-- severity: error
-- purpose: electricity that emits and electricity of the own roof together are the electricity used
with

used as (

    select organization_id, month, quantity
    from energy_month
    where carrier = 'electricity' and unit = 'kWh'

),

bought as (

    select organization_id, month, quantity
    from carbon_month
    where carrier = 'electricity' and unit = 'kWh'

)

select
    carbon_avoided_month.organization_id,
    carbon_avoided_month.month,
    used.quantity as used_kwh,
    bought.quantity as bought_kwh,
    carbon_avoided_month.self_used_kwh
from carbon_avoided_month
left join used
    on
        carbon_avoided_month.organization_id = used.organization_id
        and carbon_avoided_month.month = used.month
left join bought
    on
        carbon_avoided_month.organization_id = bought.organization_id
        and carbon_avoided_month.month = bought.month
where
    coalesce(used.quantity, 0)
    <> coalesce(bought.quantity, 0) + carbon_avoided_month.self_used_kwh
