-- grain: organization_id, year, criterion
-- purpose: what each organisation reaches in the criteria of saving organs; where a criterion cannot be
-- told there is no row. A change is that of the published indicator between two whole years; the use of
-- quotas is that of the indicator closest to its limit
-- unit: reported_months month, expected_months month
with

reporting as (

    select
        organization_id,
        year,
        sum(case when reported then 1 else 0 end) as reported_months,
        count(*) as expected_months
    from reporting_month
    where expected
    group by organization_id, year

),

indicators as (

    select
        organization_id,
        indicator,
        unit,
        year,
        value
    from energy_indicator_year
    where
        is_complete
        and indicator in ('energy_per_capita', 'energy_per_area', 'water_per_capita')

),

changes as (

    select
        now.organization_id,
        now.year,
        concat(now.indicator, '_change') as criterion,
        cast(
            cast((now.value - before.value) * 100 as decimal(34, 12)) / before.value
            as decimal(18, 4)
        ) as change_pct
    from indicators as now
    inner join indicators as before
        on
            now.organization_id = before.organization_id
            and now.indicator = before.indicator
            and now.unit = before.unit
            and now.year = before.year + 1
    where before.value > 0

),

quotas as (

    select organization_id, year, max(limit_used_pct) as limit_used_pct
    from quota_year
    where is_complete and limit_used_pct is not null
    group by organization_id, year

),

rooms as (

    select
        organization_id,
        year,
        sum(case when is_over_standard then 1 else 0 end) as room_count
    from office_room_standard
    where limit_reason is null
    group by organization_id, year

),

vehicles as (

    select organization_id, year, sum(over_quota_count) as over_quota_count
    from vehicle_quota_year
    group by organization_id, year

),

acquisitions as (

    select
        organization_id,
        year,
        count(*) as acquired_count,
        sum(case when is_nev then 1 else 0 end) as nev_count
    from vehicle_stock_year
    where is_acquired
    group by organization_id, year

),

years as (

    select year, max(month_end_date) as last_date
    from stg_energy__monthly
    group by year

),

-- Premises of which no project is on record may have got their lamps before projects were recorded.
lighting as (

    select
        buildings.organization_id,
        years.year,
        sum(buildings.floor_m2) as floor_m2,
        sum(
            case
                when buildings.lighting_date <= years.last_date then buildings.floor_m2
                else 0
            end
        ) as lit_m2
    from office_facility as buildings
    cross join years
    group by buildings.organization_id, years.year
    having sum(buildings.finished_count + buildings.open_count) > 0

)

select
    organization_id,
    year,
    'reporting_completeness' as criterion,
    '%' as unit,
    cast(
        cast(reported_months * 100 as decimal(30, 12)) / expected_months
        as decimal(18, 4)
    ) as value
from reporting
union all
select organization_id, year, criterion, '%', change_pct
from changes
union all
select
    organization_id,
    year,
    'quota_limit_used',
    '%',
    cast(limit_used_pct as decimal(18, 4))
from quotas
union all
select
    organization_id,
    year,
    'rooms_above_standard',
    'count',
    cast(room_count as decimal(18, 4))
from rooms
union all
select
    organization_id,
    year,
    'vehicles_above_quota',
    'count',
    cast(over_quota_count as decimal(18, 4))
from vehicles
union all
select
    organization_id,
    year,
    'nev_share_acquired',
    '%',
    cast(
        cast(nev_count * 100 as decimal(30, 12)) / acquired_count as decimal(18, 4)
    )
from acquisitions
where organization_id is not null
union all
select
    organization_id,
    year,
    'efficient_lighting',
    '%',
    cast(cast(lit_m2 * 100 as decimal(30, 12)) / floor_m2 as decimal(18, 4))
from lighting
where floor_m2 > 0 and organization_id is not null
