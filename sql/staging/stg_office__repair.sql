-- grain: repair_id
-- purpose: repairs of buildings; a repair counts on the day it was finished, with a final amount but
-- without such a day on that of its approval
select
    repair_id,
    building_id,
    organization_id,
    repair_class,
    approved_yuan,
    final_yuan,
    approved_date,
    coalesce(
        finished_date,
        case when final_yuan is not null then approved_date end
    ) as counted_date
from office.repair
