-- severity: error
-- purpose: two rows of one key would count twice
select
    flag_id,
    count(*) as row_count
from review_flag
group by flag_id
having count(*) > 1
