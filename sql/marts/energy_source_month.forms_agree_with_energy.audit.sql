-- severity: error
-- purpose: where the form counts, the counted quantity and its standard coal are those of energy_month
select
    energy_source_month.organization_id,
    energy_source_month.month,
    energy_source_month.carrier,
    energy_source_month.counted_quantity,
    energy_month.quantity
from energy_source_month
left join energy_month
    on
        energy_source_month.organization_id = energy_month.organization_id
        and energy_source_month.month = energy_month.month
        and energy_source_month.carrier = energy_month.carrier
        and energy_source_month.unit = energy_month.unit
where
    energy_source_month.counted_source = 'form'
    and energy_source_month.reason is null
    and (
        energy_month.quantity is null
        or energy_source_month.counted_quantity <> energy_month.quantity
        or energy_source_month.counted_energy_kgce <> energy_month.energy_kgce
    )
