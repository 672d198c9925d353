-- grain: vehicle_id, month
-- purpose: distance, fuel, charging, cost and use of each vehicle by month
-- unit: days_used d, workdays d
with

trips as (

    select
        vehicle_id,
        month,
        sum(km) as km,
        max(odometer_km) as odometer_km,
        count(*) as trips,
        count(distinct departed_date) as days_used
    from stg_vehicle__trip
    group by vehicle_id, month

),

costs as (

    select
        vehicle_id,
        month,
        max(odometer_km) as odometer_km,
        sum(coalesce(fuel_l, 0)) as fuel_l,
        sum(coalesce(charge_kwh, 0)) as charge_kwh,
        sum(amount_yuan) as cost_yuan,
        sum(
            case when cost_class in ('fuel', 'charge') then amount_yuan else 0 end
        ) as fuel_cost_yuan
    from stg_vehicle__cost
    group by vehicle_id, month

),

used as (

    select
        coalesce(trips.vehicle_id, costs.vehicle_id) as vehicle_id,
        coalesce(trips.month, costs.month) as month,
        coalesce(trips.km, 0) as km,
        greatest(trips.odometer_km, costs.odometer_km) as odometer_km,
        coalesce(costs.fuel_l, 0) as fuel_l,
        coalesce(costs.charge_kwh, 0) as charge_kwh,
        coalesce(costs.cost_yuan, 0) as cost_yuan,
        coalesce(costs.fuel_cost_yuan, 0) as fuel_cost_yuan,
        coalesce(trips.trips, 0) as trips,
        coalesce(trips.days_used, 0) as days_used
    from trips
    full outer join costs
        on
            trips.vehicle_id = costs.vehicle_id
            and trips.month = costs.month

),

workdays as (

    select month, count(*) as workdays
    from stg_reference__calendar
    where is_workday
    group by month

),

organizations as (

    select organization_id, region_code, holds_from_date, holds_to_date
    from int_organizations_dated

)

select
    used.vehicle_id,
    used.month,
    vehicles.organization_id,
    coalesce(organizations.region_code, vehicles.region_code) as region_code,
    vehicles.use_class,
    vehicles.fuel_class,
    cast(substr(used.month, 1, 4) as bigint) as year,
    used.km,
    used.odometer_km,
    used.fuel_l,
    used.charge_kwh,
    used.cost_yuan,
    used.fuel_cost_yuan,
    used.trips,
    used.days_used,
    coalesce(workdays.workdays, 0) as workdays,
    coalesce(vehicles.is_nev, false) as is_nev
from used
left join stg_vehicle__vehicle as vehicles
    on used.vehicle_id = vehicles.vehicle_id
left join organizations
    on
        vehicles.organization_id = organizations.organization_id
        and cast(
            cast(concat(used.month, '-01') as date)
            + interval '1 month' - interval '1 day' as date
        ) between organizations.holds_from_date and organizations.holds_to_date
left join workdays
    on used.month = workdays.month
