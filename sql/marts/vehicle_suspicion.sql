-- grain: rule, vehicle_id, evidence, occurrence_id
-- purpose: what is to be looked into, one row an occurrence: what was found, what was to be expected,
-- and what it is worth. A kilometre is worth what one of the vehicle cost in that year. Alarms that
-- somebody has explained are left out
with

efficiencies as (

    select vehicle_id, year, km, fuel_l, cost_yuan from vehicle_efficiency_year

),

found as (

    select
        rule,
        vehicle_id,
        evidence,
        occurrence_id,
        unit,
        year,
        value,
        expectation,
        suspect_km,
        suspect_l,
        suspect_yuan,
        occurred_date
    from int_trips_suspected
    union all
    select
        rule,
        vehicle_id,
        evidence,
        occurrence_id,
        unit,
        year,
        value,
        expectation,
        suspect_km,
        suspect_l,
        suspect_yuan,
        occurred_date
    from int_refuels_suspected
    union all
    select
        rule,
        vehicle_id,
        evidence,
        occurrence_id,
        unit,
        year,
        value,
        expectation,
        suspect_km,
        suspect_l,
        suspect_yuan,
        occurred_date
    from int_vehicles_suspected
    union all
    select
        case alarm_class
            when 'holiday' then 'non_workday_use'
            when 'tank' then 'refuel_above_tank'
            when 'place' then 'refuel_without_trip'
            else alarm_class
        end as rule,
        vehicle_id,
        'alarm' as evidence,
        alarm_id as occurrence_id,
        'count' as unit,
        cast(date_part('year', raised_date) as bigint) as year,
        cast(1 as decimal(18, 4)) as value,
        cast(0 as decimal(18, 4)) as expectation,
        cast(null as decimal(18, 4)) as suspect_km,
        cast(null as decimal(18, 4)) as suspect_l,
        cast(null as decimal(18, 2)) as suspect_yuan,
        raised_date as occurred_date
    from stg_vehicle__alarm
    where not is_explained

),

prices as (

    select
        vehicle_id,
        year,
        sum(amount_yuan) as amount_yuan,
        sum(fuel_l) as fuel_l
    from stg_vehicle__cost
    where cost_class = 'fuel' and fuel_l > 0
    group by vehicle_id, year

),

valued as (

    select
        found.rule,
        found.vehicle_id,
        found.evidence,
        found.occurrence_id,
        found.unit,
        found.year,
        found.value,
        found.expectation,
        coalesce(
            found.suspect_l,
            cast(
                cast(efficiencies.fuel_l * found.suspect_km as decimal(34, 12))
                / nullif(efficiencies.km, 0)
                as decimal(18, 4)
            )
        ) as impact_l,
        coalesce(
            found.suspect_yuan,
            cast(
                cast(efficiencies.cost_yuan * found.suspect_km as decimal(34, 12))
                / nullif(efficiencies.km, 0)
                as decimal(18, 2)
            ),
            cast(
                cast(prices.amount_yuan * found.suspect_l as decimal(34, 12))
                / nullif(prices.fuel_l, 0)
                as decimal(18, 2)
            )
        ) as impact_yuan,
        found.occurred_date
    from found
    left join efficiencies
        on
            found.vehicle_id = efficiencies.vehicle_id
            and found.year = efficiencies.year
    left join prices
        on
            found.vehicle_id = prices.vehicle_id
            and found.year = prices.year

)

select
    valued.rule,
    valued.vehicle_id,
    valued.evidence,
    valued.occurrence_id,
    vehicles.organization_id,
    coalesce(organizations.region_code, vehicles.region_code) as region_code,
    vehicles.use_class,
    vehicles.fuel_class,
    to_char(valued.occurred_date, '%Y-%m') as month,
    valued.unit,
    case when valued.impact_yuan is null then 'not_measured' end as impact_reason,
    valued.year,
    valued.value,
    valued.expectation,
    valued.impact_l,
    valued.impact_yuan,
    valued.occurred_date
from valued
left join stg_vehicle__vehicle as vehicles
    on valued.vehicle_id = vehicles.vehicle_id
left join int_organizations_dated as organizations
    on
        vehicles.organization_id = organizations.organization_id
        and coalesce(
            valued.occurred_date,
            cast(concat(cast(valued.year as varchar), '-12-31') as date)
        ) between organizations.holds_from_date and organizations.holds_to_date
