-- severity: error
-- purpose: a band is there, or the reason why it is not
select standard_no, organization_id, year, indicator, band, reason
from quota_year
where (band is null) = (reason is null)
