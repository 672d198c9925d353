-- grain: vehicle_id, year
-- purpose: each vehicle in every year in which it is in stock, acquired or disposed of, with its age
-- and whether it may be renewed on the day the stock is taken
with

years as (

    select year, state_date from int_vehicle_years

),

readings as (

    select vehicle_id, year, max(odometer_km) as odometer_km
    from vehicle_month
    group by vehicle_id, year

),

states as (

    select
        vehicles.vehicle_id,
        years.year,
        vehicles.organization_id,
        vehicles.region_code,
        vehicles.model,
        vehicles.use_class,
        vehicles.fuel_class,
        vehicles.management_form,
        vehicles.price_yuan,
        vehicles.disposal_proceeds_yuan,
        max(readings.odometer_km) over (
            partition by vehicles.vehicle_id
            order by years.year
        ) as odometer_km,
        coalesce(vehicles.acquired_date <= years.state_date, true)
        and coalesce(
            vehicles.disposed_date > years.state_date,
            vehicles.status <> 'disposed'
        ) as is_in_stock,
        coalesce(
            cast(date_part('year', vehicles.acquired_date) as bigint) = years.year,
            false
        ) as is_acquired,
        coalesce(
            cast(date_part('year', vehicles.disposed_date) as bigint) = years.year,
            false
        ) as is_disposed,
        vehicles.is_nev,
        vehicles.is_marked,
        vehicles.service_date,
        vehicles.acquired_date,
        vehicles.disposed_date,
        years.state_date
    from stg_vehicle__vehicle as vehicles
    cross join years
    left join readings
        on
            vehicles.vehicle_id = readings.vehicle_id
            and years.year = readings.year

),

placed as (

    select
        states.vehicle_id,
        states.year,
        states.organization_id,
        coalesce(organizations.region_code, states.region_code) as region_code,
        states.model,
        states.use_class,
        states.fuel_class,
        states.management_form,
        -- complete years: one less before the anniversary
        states.year
        - cast(date_part('year', states.service_date) as bigint)
        - case
            when
                to_char(states.state_date, '%m%d')
                < to_char(states.service_date, '%m%d')
                then 1
            else 0
        end as age_years,
        states.odometer_km,
        states.price_yuan,
        states.disposal_proceeds_yuan,
        states.is_in_stock,
        states.is_acquired,
        states.is_disposed,
        states.is_nev,
        states.is_marked,
        states.service_date,
        states.acquired_date,
        states.disposed_date,
        states.state_date
    from states
    left join int_organizations_dated as organizations
        on
            states.organization_id = organizations.organization_id
            and states.state_date between organizations.holds_from_date
            and organizations.holds_to_date
    where states.is_in_stock or states.is_acquired or states.is_disposed

),

depths as (

    select region_code, count(*) as depth
    from int_regions_nested
    group by region_code

),

rules as (

    select
        placed.vehicle_id,
        placed.year,
        candidates.rule_id,
        candidates.min_years,
        candidates.min_km,
        row_number() over (
            partition by placed.vehicle_id, placed.year
            order by
                depths.depth desc,
                candidates.fuel_class asc nulls last,
                candidates.from_date desc
        ) as choice
    from placed
    inner join int_regions_nested
        on coalesce(placed.region_code, 'CN') = int_regions_nested.region_code
    inner join stg_reference__renewal_rule as candidates
        on int_regions_nested.ancestor_code = candidates.region_code
    inner join depths
        on candidates.region_code = depths.region_code
    where
        coalesce(candidates.fuel_class = placed.fuel_class, true)
        and placed.state_date between candidates.from_date and candidates.to_date

),

judged as (

    select
        placed.vehicle_id,
        placed.year,
        rules.rule_id,
        case
            when not placed.is_in_stock then 'not_in_stock'
            when rules.rule_id is null then 'no_rule'
            when placed.age_years is null then 'no_service_date'
            when
                placed.age_years >= rules.min_years
                and rules.min_km is not null
                and placed.odometer_km is null
                then 'no_odometer'
        end as renewal_reason,
        placed.age_years >= rules.min_years
        and coalesce(placed.odometer_km >= rules.min_km, rules.min_km is null) as is_due
    from placed
    left join rules
        on
            placed.vehicle_id = rules.vehicle_id
            and placed.year = rules.year
            and rules.choice = 1

)

select
    placed.vehicle_id,
    placed.year,
    placed.organization_id,
    placed.region_code,
    placed.model,
    placed.use_class,
    placed.fuel_class,
    placed.management_form,
    judged.rule_id as renewal_rule_id,
    judged.renewal_reason,
    placed.age_years,
    placed.odometer_km,
    placed.price_yuan,
    placed.disposal_proceeds_yuan,
    placed.is_in_stock,
    placed.is_acquired,
    placed.is_disposed,
    placed.is_nev,
    placed.is_marked,
    case
        when judged.renewal_reason is null then judged.is_due
    end as is_due_for_renewal,
    placed.service_date,
    placed.acquired_date,
    placed.disposed_date,
    placed.state_date
from placed
inner join judged
    on
        placed.vehicle_id = judged.vehicle_id
        and placed.year = judged.year
