-- grain: rule, organization_id, period, item
-- purpose: candidates of the review's rules over vehicles: what vehicle_suspicion lists, one row for a
-- vehicle, year and kind of evidence; price and displacement at purchase against the limits of that
-- day; the stock against the quota. A vehicle above the quota weighs what one of the organisation's
-- class costs in the year
-- unit: months month, month_count month, class_vehicle_count count, difference L
with

suspicions as (

    select
        rule,
        vehicle_id,
        evidence,
        occurrence_id,
        organization_id,
        case when organization_id is null then region_code end as region_code,
        case
            when fuel_class = 'diesel' then 'diesel_litre' else 'gasoline_litre'
        end as carrier,
        month,
        unit,
        year,
        value,
        expectation,
        impact_l,
        impact_yuan
    from vehicle_suspicion

),

occurrences as (

    select
        rule,
        vehicle_id,
        evidence,
        organization_id,
        max(region_code) as region_code,
        carrier,
        year,
        count(distinct month) as months,
        count(*) as occurrence_count,
        sum(impact_l) as impact_l,
        sum(impact_yuan) as impact_yuan,
        md5(
            string_agg(
                concat_ws(
                    '|',
                    occurrence_id,
                    cast(value as varchar),
                    cast(expectation as varchar)
                ),
                ','
                order by occurrence_id
            )
        ) as digest
    from suspicions
    where evidence <> 'year'
    group by rule, vehicle_id, evidence, organization_id, carrier, year

),

used as (

    select vehicle_id, year, count(*) as month_count
    from vehicle_month
    group by vehicle_id, year

),

limits as (

    select
        vehicle_id,
        organization_id,
        case when organization_id is null then region_code end as region_code,
        to_char(acquired_date, '%Y-%m') as period,
        cast(date_part('year', acquired_date) as bigint) as year,
        price_yuan,
        max_price_yuan,
        price_over_yuan,
        displacement_l,
        max_displacement_l,
        is_price_over,
        is_displacement_over,
        cast(
            date_trunc('month', acquired_date) + interval '1 month' - interval '1 day'
            as date
        ) as period_end_date
    from vehicle_limit_check

),

class_costs as (

    select
        organization_id,
        use_class,
        year,
        sum(cost_yuan) as cost_yuan,
        count(*) as class_vehicle_count
    from vehicle_efficiency_year
    where is_in_stock
    group by organization_id, use_class, year

)

select
    rule,
    evidence as rule_item,
    carrier,
    organization_id,
    region_code,
    cast(year as varchar) as period,
    concat_ws(':', vehicle_id, evidence) as item,
    'count' as unit,
    'no_occurrence' as basis,
    year,
    months,
    cast(occurrence_count as decimal(18, 4)) as value,
    cast(0 as decimal(18, 4)) as expectation,
    cast(impact_l as decimal(18, 4)) as difference,
    'L' as difference_unit,
    cast(impact_yuan as decimal(18, 2)) as difference_yuan,
    cast(concat(cast(year as varchar), '-12-31') as date) as period_end_date,
    digest
from occurrences
union all
select
    suspicions.rule,
    suspicions.evidence,
    suspicions.carrier,
    suspicions.organization_id,
    suspicions.region_code,
    cast(suspicions.year as varchar),
    concat_ws(':', suspicions.vehicle_id, suspicions.evidence),
    suspicions.unit,
    case
        when suspicions.rule = 'consumption_above_model' then 'use_of_the_model'
        else 'odometer'
    end,
    suspicions.year,
    used.month_count,
    suspicions.value,
    suspicions.expectation,
    suspicions.impact_l,
    'L',
    suspicions.impact_yuan,
    cast(concat(cast(suspicions.year as varchar), '-12-31') as date),
    null
from suspicions
inner join used
    on
        suspicions.vehicle_id = used.vehicle_id
        and suspicions.year = used.year
where suspicions.evidence = 'year'
union all
select
    'price_above_limit',
    'all',
    null,
    organization_id,
    region_code,
    period,
    vehicle_id,
    'yuan',
    'limit_at_purchase',
    year,
    1,
    cast(price_yuan as decimal(18, 4)),
    cast(max_price_yuan as decimal(18, 4)),
    null,
    'L',
    price_over_yuan,
    period_end_date,
    null
from limits
where is_price_over
union all
select
    'displacement_above_limit',
    'all',
    null,
    organization_id,
    region_code,
    period,
    vehicle_id,
    'L',
    'limit_at_purchase',
    year,
    1,
    cast(displacement_l as decimal(18, 4)),
    cast(max_displacement_l as decimal(18, 4)),
    null,
    'L',
    null,
    period_end_date,
    null
from limits
where is_displacement_over
union all
select
    'vehicles_above_quota',
    stocks.use_class,
    null,
    stocks.organization_id,
    null,
    cast(stocks.year as varchar),
    stocks.use_class as item,
    'count',
    'approved_vehicles',
    stocks.year,
    1,
    cast(stocks.vehicle_count as decimal(18, 4)),
    cast(stocks.approved_count as decimal(18, 4)),
    null,
    'L',
    cast(
        cast(class_costs.cost_yuan * stocks.over_quota_count as decimal(34, 12))
        / class_costs.class_vehicle_count as decimal(18, 2)
    ),
    stocks.state_date,
    null
from vehicle_quota_year as stocks
left join class_costs
    on
        stocks.organization_id = class_costs.organization_id
        and stocks.use_class = class_costs.use_class
        and stocks.year = class_costs.year
where stocks.is_over_quota
