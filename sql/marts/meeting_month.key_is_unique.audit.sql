-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    meeting_class,
    month,
    count(*) as row_count
from meeting_month
group by organization_id, meeting_class, month
having count(*) > 1
