-- severity: warning
-- purpose: the source that counts is missing in a month in which another one tells use
select carrier, counted_source, reason, count(*) as row_count, min(month) as first_month
from energy_source_month
where reason is not null and reason <> 'not_declared'
group by carrier, counted_source, reason
