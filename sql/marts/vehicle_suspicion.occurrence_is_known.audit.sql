-- severity: error
-- purpose: every occurrence is a trip, a cost or an alarm that was loaded
with

occurrences as (

    select trip_id as occurrence_id from stg_vehicle__trip
    union all
    select cost_id as occurrence_id from stg_vehicle__cost
    union all
    select alarm_id as occurrence_id from stg_vehicle__alarm

)

select
    vehicle_suspicion.rule,
    vehicle_suspicion.vehicle_id,
    vehicle_suspicion.occurrence_id
from vehicle_suspicion
left join occurrences
    on vehicle_suspicion.occurrence_id = occurrences.occurrence_id
where vehicle_suspicion.evidence <> 'year' and occurrences.occurrence_id is null
