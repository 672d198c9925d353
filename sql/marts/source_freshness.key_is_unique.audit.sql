-- severity: error
-- purpose: two rows of one source would contradict each other
select
    source,
    count(*) as row_count
from source_freshness
group by source
having count(*) > 1
