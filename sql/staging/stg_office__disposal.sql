-- grain: disposal_id
-- purpose: disposals of premises with what they brought and whether the building leaves the stock
select
    disposal_id,
    building_id,
    way,
    floor_m2,
    proceeds_yuan,
    way in ('exchange', 'auction', 'demolish') as is_given_up,
    disposal_date
from office.disposal
