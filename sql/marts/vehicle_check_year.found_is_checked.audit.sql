-- severity: error
-- purpose: a rule finds only among what it judged, and every finding that is no alarm is counted
with

counted as (

    select coalesce(sum(suspicious_count), 0) as suspicious_count
    from vehicle_check_year

),

found as (

    select count(*) as suspicious_count
    from vehicle_suspicion
    where evidence <> 'alarm'

)

select
    'all' as rule,
    cast(null as bigint) as year,
    found.suspicious_count as checked_count,
    counted.suspicious_count
from counted
cross join found
where counted.suspicious_count <> found.suspicious_count
union all
select rule, year, checked_count, suspicious_count
from vehicle_check_year
where suspicious_count > checked_count
