-- severity: error
-- purpose: two rows of one key would count twice
select
    rule,
    vehicle_id,
    evidence,
    occurrence_id,
    count(*) as row_count
from vehicle_suspicion
group by rule, vehicle_id, evidence, occurrence_id
having count(*) > 1
