-- severity: error
-- purpose: what was found differs from what was to be expected
select rule, vehicle_id, evidence, occurrence_id, value, expectation
from vehicle_suspicion
where value = expectation and rule <> 'overlapping_trips'
