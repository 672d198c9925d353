-- grain: state_date
-- purpose: the newest day that anything is known of assets: a count, an acquisition or a disposal
with

known_days as (

    select max(counted_date) as known_date from stg_asset__stocktake
    union all
    select max(acquired_date) as known_date from stg_asset__card
    union all
    select max(disposed_date) as known_date from stg_asset__card

)

select max(known_date) as state_date
from known_days
