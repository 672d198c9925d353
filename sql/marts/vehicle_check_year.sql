-- grain: rule, year
-- purpose: how many trips, refuellings and vehicles each rule could judge in a year, how many it could
-- not and for want of what, and how many it found: no suspicion means little where nothing was judged
with

trips as (

    select
        trips.year,
        trips.has_previous,
        trips.odometer_gap_km is not null as has_odometers,
        trips.is_returned,
        days.calendar_date is not null as has_calendar_day
    from int_trips_followed as trips
    left join stg_reference__calendar as days
        on trips.departed_date = days.calendar_date

),

checks as (

    select
        'non_workday_use' as rule,
        year,
        'no_calendar_day' as reason,
        has_calendar_day as is_checked
    from trips
    union all
    select
        'no_order' as rule,
        year,
        'no_odometer' as reason,
        has_odometers as is_checked
    from trips
    where has_previous
    union all
    select
        'odometer_backwards' as rule,
        year,
        'no_odometer' as reason,
        has_odometers as is_checked
    from trips
    where has_previous
    union all
    select
        'overlapping_trips' as rule,
        year,
        'no_return' as reason,
        is_returned as is_checked
    from trips
    union all
    select
        'refuel_above_tank' as rule,
        year,
        'no_tank' as reason,
        tank_l is not null as is_checked
    from int_refuels_checked
    where cost_class = 'fuel'
    union all
    select
        'refuel_without_trip' as rule,
        year,
        'none' as reason,
        true as is_checked
    from int_refuels_checked
    union all
    select
        'refuel_amount' as rule,
        year,
        'no_price' as reason,
        computed_yuan is not null as is_checked
    from int_refuels_checked
    union all
    select
        'consumption_above_model' as rule,
        year,
        'no_consumption' as reason,
        has_fuel and model is not null as is_checked
    from vehicle_efficiency_year
    where has_distance and coalesce(fuel_reason <> 'not_fuelled', true)
    union all
    select
        'distance_differs' as rule,
        year,
        'no_odometer' as reason,
        odometer_km is not null as is_checked
    from vehicle_efficiency_year
    where has_distance

),

counts as (

    select
        rule,
        year,
        max(case when not is_checked then reason end) as unchecked_reason,
        count(*) as object_count,
        sum(case when is_checked then 1 else 0 end) as checked_count,
        sum(case when is_checked then 0 else 1 end) as unchecked_count
    from checks
    group by rule, year

),

found as (

    select rule, year, count(*) as suspicious_count
    from vehicle_suspicion
    where evidence <> 'alarm'
    group by rule, year

)

select
    counts.rule,
    counts.year,
    counts.unchecked_reason,
    counts.object_count,
    counts.checked_count,
    counts.unchecked_count,
    coalesce(found.suspicious_count, 0) as suspicious_count
from counts
left join found
    on
        counts.rule = found.rule
        and counts.year = found.year
