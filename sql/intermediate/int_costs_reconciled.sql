-- grain: organization_id, month, item, side
-- purpose: what each of two records says an organisation paid in a month: the ledger against the energy
-- form for water, electricity and heating, the ledger against the vehicles' own records for their
-- running, and these records against the form for fuel
with

ledger as (

    select
        organization_id,
        month,
        case expense_code
            when '30205' then 'water'
            when '30206' then 'electricity'
            when '30208' then 'heating'
            when '30231' then 'vehicle'
        end as item,
        'checked' as side,
        executed_yuan as cost_yuan
    from operating_cost_month
    where expense_code in ('30205', '30206', '30208', '30231')

),

forms as (

    select organization_id, month, 'water' as item, water_cost_yuan as cost_yuan
    from stg_energy__monthly
    union all
    select organization_id, month, 'electricity', electricity_cost_yuan
    from stg_energy__monthly
    union all
    select organization_id, month, 'heating', heat_cost_yuan
    from stg_energy__monthly
    union all
    select
        organization_id,
        month,
        'vehicle_fuel',
        coalesce(petrol_vehicle_cost_yuan, 0) + coalesce(diesel_vehicle_cost_yuan, 0)
    from stg_energy__monthly

),

vehicles as (

    select
        coalesce(
            stg_vehicle__cost.organization_id,
            stg_vehicle__vehicle.organization_id
        ) as organization_id,
        stg_vehicle__cost.month,
        stg_vehicle__cost.cost_class,
        stg_vehicle__cost.amount_yuan as cost_yuan
    from stg_vehicle__cost
    left join stg_vehicle__vehicle
        on stg_vehicle__cost.vehicle_id = stg_vehicle__vehicle.vehicle_id

),

united as (

    select organization_id, month, item, side, cost_yuan from ledger
    union all
    select organization_id, month, item, 'against' as side, cost_yuan from forms
    union all
    select organization_id, month, 'vehicle' as item, 'against' as side, cost_yuan
    from vehicles
    union all
    select organization_id, month, 'vehicle_fuel' as item, 'checked' as side, cost_yuan
    from vehicles
    where cost_class = 'fuel'

)

select
    organization_id,
    month,
    item,
    side,
    sum(cost_yuan) as cost_yuan
from united
where cost_yuan <> 0 and organization_id is not null
group by organization_id, month, item, side
