-- grain: expense_code, spending_kind
-- purpose: the group of a code and kind of spending in each scheme of cost; a pair without a row is
-- outside every scheme
select
    expense_code,
    spending_kind,
    max(group_id) filter (where scheme = 'operating_cost') as cost_group,
    max(group_id) filter (where scheme = 'three_public') as three_public_group,
    bool_or(scheme = 'operating_fund') as is_operating_fund,
    bool_or(scheme = 'building') as is_building
from stg_reference__expense_group
group by expense_code, spending_kind
