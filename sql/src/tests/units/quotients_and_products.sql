-- grain: organization_id
-- purpose: per person and back
select
    organization_id,
    electricity_kwh / nullif(people, 0) as electricity_per_person,
    cost_yuan / floor_m2 / 12 as monthly,
    electricity_kwh / people * people / electricity_kwh as nothing_left
from energy.monthly
-- accepted:
-- electricity_per_person: kWh/person
-- monthly: yuan/m2 times 1/12
-- nothing_left: 1
