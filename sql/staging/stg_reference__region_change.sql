-- grain: old_code, new_code
-- purpose: codes that another code replaced; a split region has no single successor and stays
select old_code, new_code, change_date
from reference.region_change
where kind <> 'split'
