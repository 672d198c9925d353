-- grain: organization_id, month, carrier, unit
-- purpose: use of an organisation by its main meters: those that hang below no other meter of it, less
-- the meters of others that hang below its own. Meters of the own roof measure no use.
with

meters as (

    select
        month,
        meter_id,
        organization_id,
        parent_meter_id,
        carrier,
        unit,
        quantity,
        missing_intervals
    from meter_month
    where carrier <> 'wastewater' and item <> 'pv'

),

main as (

    select
        meters.organization_id,
        meters.month,
        meters.carrier,
        meters.unit,
        meters.quantity,
        meters.missing_intervals
    from meters
    left join meters as parents
        on
            meters.month = parents.month
            and meters.parent_meter_id = parents.meter_id
            and meters.organization_id = parents.organization_id
            and meters.carrier = parents.carrier
    where parents.meter_id is null

),

of_others as (

    select
        parents.organization_id,
        meters.month,
        meters.carrier,
        meters.unit,
        -meters.quantity as quantity,
        meters.missing_intervals
    from meters
    inner join meters as parents
        on
            meters.month = parents.month
            and meters.parent_meter_id = parents.meter_id
            and meters.carrier = parents.carrier
            and meters.organization_id <> parents.organization_id

),

parts as (

    select organization_id, month, carrier, unit, quantity, missing_intervals
    from main
    union all
    select organization_id, month, carrier, unit, quantity, missing_intervals
    from of_others

)

select
    organization_id,
    month,
    carrier,
    unit,
    cast(sum(quantity) as decimal(18, 4)) as quantity,
    sum(missing_intervals) as missing_intervals
from parts
where organization_id is not null
group by organization_id, month, carrier, unit
having count(quantity) = count(*)
