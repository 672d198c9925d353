-- grain: organization_id, use_class, year
-- purpose: vehicles in stock against those approved, by organisation and class on the day the stock
-- of the year is taken
with

years as (

    select year, state_date from int_vehicle_years

),

stocks as (

    select organization_id, use_class, year, count(*) as vehicle_count
    from vehicle_stock_year
    where is_in_stock and organization_id is not null and use_class is not null
    group by organization_id, use_class, year

),

quotas as (

    select
        stg_vehicle__vehicle_quota.organization_id,
        stg_vehicle__vehicle_quota.use_class,
        years.year,
        first_value(
            stg_vehicle__vehicle_quota.approved_count
            order by stg_vehicle__vehicle_quota.from_date desc
        ) as approved_count
    from stg_vehicle__vehicle_quota
    cross join years
    where
        years.state_date between stg_vehicle__vehicle_quota.from_date
        and stg_vehicle__vehicle_quota.to_date
    group by
        stg_vehicle__vehicle_quota.organization_id,
        stg_vehicle__vehicle_quota.use_class,
        years.year

),

matched as (

    select
        coalesce(quotas.organization_id, stocks.organization_id) as organization_id,
        coalesce(quotas.use_class, stocks.use_class) as use_class,
        coalesce(quotas.year, stocks.year) as year,
        case
            when quotas.organization_id is null then 'no_quota'
        end as quota_reason,
        coalesce(quotas.approved_count, 0) as approved_count,
        coalesce(stocks.vehicle_count, 0) as vehicle_count
    from quotas
    full outer join stocks
        on
            quotas.organization_id = stocks.organization_id
            and quotas.use_class = stocks.use_class
            and quotas.year = stocks.year

)

select
    matched.organization_id,
    matched.use_class,
    matched.year,
    organizations.region_code,
    matched.quota_reason,
    matched.approved_count,
    matched.vehicle_count,
    greatest(matched.vehicle_count - matched.approved_count, 0) as over_quota_count,
    matched.vehicle_count > matched.approved_count as is_over_quota,
    years.state_date
from matched
inner join years
    on matched.year = years.year
left join int_organizations_dated as organizations
    on
        matched.organization_id = organizations.organization_id
        and years.state_date between organizations.holds_from_date
        and organizations.holds_to_date
