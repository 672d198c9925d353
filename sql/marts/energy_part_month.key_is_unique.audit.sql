-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    month,
    part,
    carrier,
    count(*) as row_count
from energy_part_month
group by organization_id, month, part, carrier
having count(*) > 1
