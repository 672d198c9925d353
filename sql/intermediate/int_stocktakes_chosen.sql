-- grain: asset_id, year
-- purpose: the count of an asset that holds for a year: the newest, where it was counted more than once
with

ranked as (

    select
        asset_id,
        year,
        stocktake_id,
        organization_id,
        outcome,
        is_found,
        is_labelled,
        counted_date,
        row_number() over (
            partition by asset_id, year
            order by counted_date desc, stocktake_id desc
        ) as choice
    from stg_asset__stocktake

)

select
    asset_id,
    year,
    stocktake_id,
    organization_id,
    outcome,
    is_found,
    is_labelled,
    counted_date
from ranked
where choice = 1
