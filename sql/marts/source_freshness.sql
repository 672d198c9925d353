-- grain: source
-- purpose: how far the records of each source reach, and by how many days they stay behind the source
-- that reaches farthest. It speaks of what happened, not of when it was loaded; a source by months
-- reaches to the last day of its newest month
with

sources as (

    select
        'energy.monthly' as source,
        count(*) as row_count,
        min(month_start_date) as oldest_date,
        max(month_end_date) as newest_date
    from stg_energy__monthly
    union all
    select
        'energy.bill' as source,
        count(*) as row_count,
        min(month_end_date) as oldest_date,
        max(month_end_date) as newest_date
    from stg_energy__bill
    union all
    select
        'cost.expense' as source,
        count(*) as row_count,
        min(voucher_date) as oldest_date,
        max(voucher_date) as newest_date
    from stg_cost__expense
    union all
    select
        'vehicle.trip' as source,
        count(*) as row_count,
        min(departed_date) as oldest_date,
        max(departed_date) as newest_date
    from stg_vehicle__trip
    union all
    select
        'vehicle.cost' as source,
        count(*) as row_count,
        min(cost_date) as oldest_date,
        max(cost_date) as newest_date
    from stg_vehicle__cost
    union all
    select
        'vehicle.alarm' as source,
        count(*) as row_count,
        min(raised_date) as oldest_date,
        max(raised_date) as newest_date
    from stg_vehicle__alarm
    union all
    select
        'office.occupancy' as source,
        count(*) as row_count,
        min(from_date) as oldest_date,
        max(from_date) as newest_date
    from stg_office__occupancy
    union all
    select
        'office.inspection' as source,
        count(*) as row_count,
        min(inspection_date) as oldest_date,
        max(inspection_date) as newest_date
    from stg_office__inspection

),

newest as (

    select max(newest_date) as newest_date from sources

)

select
    sources.source,
    case when sources.newest_date is null then 'no_rows' end as reason,
    sources.row_count,
    cast(newest.newest_date - sources.newest_date as bigint) as days_behind,
    sources.oldest_date,
    sources.newest_date
from sources
cross join newest
