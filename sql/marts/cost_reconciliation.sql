-- grain: organization_id, year, item
-- purpose: what the ledger says an organisation of the cost survey paid for energy, water and vehicles in
-- a year, held against the energy form and the vehicles' own records, with difference and tolerance.
-- Of the newest year only the months that all three records hold whole are compared
-- unit: checked_months month, against_months month
with

sides as (

    select
        organization_id,
        cast(substr(month, 1, 4) as bigint) as year,
        month,
        item,
        side,
        cost_yuan
    from int_costs_reconciled

),

newest_months as (

    select
        case
            when is_month_whole then month
            else
                to_char(
                    cast(concat(month, '-01') as date) - interval '1 month', '%Y-%m'
                )
        end as newest_month
    from int_ledger_reached
    union all
    select max(month) from stg_energy__monthly
    union all
    select max(month) from stg_vehicle__cost

),

compared_months as (

    select min(newest_month) as through_month from newest_months

),

tolerance as (

    select max(cast(value as decimal(18, 4))) as tolerance_pct
    from stg_reference__setting
    where name = 'ledger_tolerance_pct'

),

summed as (

    select
        sides.organization_id,
        sides.year,
        sides.item,
        max(compared_months.through_month) as through_month,
        count(*) filter (where sides.side = 'checked') as checked_months,
        count(*) filter (where sides.side = 'against') as against_months,
        sum(
            case when sides.side = 'checked' then sides.cost_yuan else 0 end
        ) as checked_yuan,
        sum(
            case when sides.side = 'against' then sides.cost_yuan else 0 end
        ) as against_yuan
    from sides
    cross join compared_months
    where sides.month <= compared_months.through_month
    group by sides.organization_id, sides.year, sides.item

),

differences as (

    select
        summed.organization_id,
        summed.year,
        summed.item,
        organizations.region_code,
        organizations.class_code,
        case
            when summed.year = cast(substr(summed.through_month, 1, 4) as bigint)
                then summed.through_month
            else concat(cast(summed.year as varchar), '-12')
        end as through_month,
        summed.checked_months,
        summed.against_months,
        summed.checked_yuan,
        summed.against_yuan,
        summed.checked_yuan - summed.against_yuan as difference_yuan,
        tolerance.tolerance_pct
    from summed
    inner join int_organizations_of_year as organizations
        on
            summed.organization_id = organizations.organization_id
            and summed.year = organizations.year
    cross join tolerance
    where organizations.in_cost_survey or summed.checked_yuan <> 0

)

select
    organization_id,
    year,
    item,
    region_code,
    class_code,
    case item
        when 'water' then '30205'
        when 'electricity' then '30206'
        when 'heating' then '30208'
        when 'vehicle' then '30231'
    end as expense_code,
    case
        when item = 'vehicle_fuel' then 'vehicle_records' else 'ledger'
    end as checked_record,
    case when item = 'vehicle' then 'vehicle_records' else 'energy_form' end
        as against_record,
    through_month,
    case
        when checked_yuan = 0 then 'nothing_in_checked'
        when against_yuan = 0 then 'nothing_in_against'
        when tolerance_pct is null then 'no_tolerance'
    end as reason,
    checked_months,
    against_months,
    checked_yuan,
    against_yuan,
    difference_yuan,
    cast(
        cast(difference_yuan * 100 as decimal(30, 12)) / nullif(checked_yuan, 0)
        as decimal(18, 4)
    ) as difference_pct,
    tolerance_pct,
    coalesce(
        abs(difference_yuan) * 100 <= abs(checked_yuan) * tolerance_pct,
        false
    ) as is_within
from differences
