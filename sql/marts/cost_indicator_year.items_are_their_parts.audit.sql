-- severity: error
-- purpose: operating cost is its four groups; 三公 = overseas + reception + vehicle, vehicle = purchase + operation; all equal to the months
with

items as (

    select
        organization_id,
        year,
        sum(
            case when item = 'operating_cost' then executed_yuan else 0 end
        ) as operating_cost_yuan,
        sum(
            case
                when item in ('personnel', 'public', 'asset', 'project')
                    then executed_yuan
                else 0
            end
        ) as groups_yuan,
        sum(
            case when item = 'three_public' then executed_yuan else 0 end
        ) as three_public_yuan,
        sum(
            case
                when item in ('overseas', 'reception', 'three_public_vehicle')
                    then executed_yuan
                else 0
            end
        ) as three_parts_yuan,
        sum(
            case when item = 'three_public_vehicle' then executed_yuan else 0 end
        ) as vehicle_yuan,
        sum(
            case
                when item in ('vehicle_purchase', 'vehicle_operation')
                    then executed_yuan
                else 0
            end
        ) as vehicle_parts_yuan,
        sum(
            case when item = 'operating_fund' then executed_yuan else 0 end
        ) as operating_fund_yuan,
        sum(case when item = 'building' then executed_yuan else 0 end) as building_yuan
    from cost_indicator_year
    group by organization_id, year

),

months as (

    select
        organization_id,
        year,
        sum(operating_cost_yuan) as operating_cost_yuan,
        sum(operating_fund_yuan) as operating_fund_yuan,
        sum(three_public_yuan) as three_public_yuan,
        sum(building_cost_yuan) as building_yuan
    from operating_cost_month
    group by organization_id, year

)

select
    items.organization_id,
    items.year,
    items.operating_cost_yuan,
    items.groups_yuan,
    items.three_public_yuan,
    items.three_parts_yuan,
    items.vehicle_yuan,
    items.vehicle_parts_yuan,
    months.operating_cost_yuan as month_operating_cost_yuan,
    months.operating_fund_yuan as month_operating_fund_yuan,
    months.three_public_yuan as month_three_public_yuan,
    months.building_yuan as month_building_yuan
from items
left join months
    on
        items.organization_id = months.organization_id
        and items.year = months.year
where
    items.operating_cost_yuan <> items.groups_yuan
    or items.three_public_yuan <> items.three_parts_yuan
    or items.vehicle_yuan <> items.vehicle_parts_yuan
    or (items.operating_cost_yuan is distinct from months.operating_cost_yuan)
    or (items.operating_fund_yuan is distinct from months.operating_fund_yuan)
    or (items.three_public_yuan is distinct from months.three_public_yuan)
    or (items.building_yuan is distinct from months.building_yuan)
