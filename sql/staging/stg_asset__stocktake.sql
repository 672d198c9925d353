-- grain: stocktake_id, asset_id
-- purpose: counts with their year and whether the asset was found
select
    stocktake_id,
    asset_id,
    organization_id,
    outcome,
    cast(date_part('year', counted_date) as bigint) as year,
    outcome <> 'missing' as is_found,
    is_labelled,
    counted_date
from asset.stocktake
