-- severity: warning
-- purpose: a source without a row was never loaded, and the marts on it are empty
select source, reason
from source_freshness
where row_count = 0
