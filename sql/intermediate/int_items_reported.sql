-- grain: organization_id, month, item
-- purpose: what the forms report, in one long list: carriers, people, floor area
select organization_id, month, carrier as item, unit, quantity, energy_kgce
from energy_month
union all
select
    organization_id,
    month,
    'people' as item,
    'person' as unit,
    people as quantity,
    cast(null as decimal(18, 4)) as energy_kgce
from stg_energy__monthly
where people > 0
union all
select
    organization_id,
    month,
    'floor_m2' as item,
    'm2' as unit,
    floor_m2 as quantity,
    cast(null as decimal(18, 4)) as energy_kgce
from stg_energy__monthly
where floor_m2 > 0
