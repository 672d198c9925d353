-- grain: rule, organization_id, region_code, period, item
-- purpose: candidates of the rules bills_differ and coverage_low. Bills and form are compared over
-- the months of a year with both a form and a bound account. Coverage is what suppliers billed to
-- bound organisations over what all organisations of a region reported.
with

months as (

    select
        organization_id,
        month,
        carrier,
        region_code,
        unit,
        reason,
        year,
        quantity,
        billed_quantity
    from bill_month

),

region_months as (

    select
        region_code,
        month,
        carrier,
        unit,
        year,
        cast(sum(quantity) as decimal(18, 4)) as quantity,
        cast(sum(coalesce(billed_quantity, 0)) as decimal(18, 4)) as billed_quantity
    from months
    where region_code is not null
    group by region_code, month, carrier, unit, year

),

candidates as (

    select
        'bills_differ' as rule,
        carrier,
        organization_id,
        cast(null as varchar) as region_code,
        unit,
        'bills' as basis,
        year,
        count(*) as months,
        sum(quantity) as value,
        sum(billed_quantity) as expectation
    from months
    where reason is null
    group by organization_id, year, carrier, unit
    union all
    select
        'coverage_low',
        carrier,
        null,
        region_code,
        unit,
        'reported_by_all',
        year,
        count(*),
        sum(billed_quantity),
        sum(quantity)
    from region_months
    group by region_code, year, carrier, unit

)

select
    rule,
    carrier as rule_item,
    carrier,
    organization_id,
    region_code,
    cast(year as varchar) as period,
    carrier as item,
    unit,
    basis,
    year,
    months,
    cast(value as decimal(18, 4)) as value,
    cast(expectation as decimal(18, 4)) as expectation,
    cast(abs(value - expectation) as decimal(18, 4)) as difference,
    unit as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    cast(concat(cast(year as varchar), '-12-31') as date) as period_end_date
from candidates
where
    (rule = 'bills_differ' and value <> expectation)
    or (rule = 'coverage_low' and value < expectation)
