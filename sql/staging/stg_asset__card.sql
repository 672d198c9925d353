-- grain: asset_id
-- purpose: cards with whether the asset is in the register and worn out by the books
select
    asset_id,
    organization_id,
    asset_class,
    name,
    building_id,
    acquisition_way,
    status,
    quantity,
    useful_life_months,
    original_value_yuan,
    depreciation_yuan,
    net_value_yuan,
    status = 'disposed' or disposed_date is not null as is_disposed,
    coalesce(net_value_yuan = 0, false) as is_fully_depreciated,
    is_labelled,
    acquired_date,
    disposed_date
from asset.card
