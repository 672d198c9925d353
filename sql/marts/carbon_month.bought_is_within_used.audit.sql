-- severity: error
-- purpose: electricity bought is electricity used less what the own roof gave
select
    carbon_month.organization_id,
    carbon_month.month,
    carbon_month.quantity as bought_kwh,
    energy_month.quantity as used_kwh
from carbon_month
inner join energy_month
    on
        carbon_month.organization_id = energy_month.organization_id
        and carbon_month.month = energy_month.month
        and carbon_month.carrier = energy_month.carrier
where
    carbon_month.carrier = 'electricity'
    and carbon_month.unit = 'kWh'
    and energy_month.unit = 'kWh'
    and (carbon_month.quantity > energy_month.quantity or carbon_month.quantity < 0)
