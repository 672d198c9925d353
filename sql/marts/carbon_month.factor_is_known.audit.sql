-- severity: warning
-- purpose: a carrier without a factor is missing from the carbon total; other energy has none by definition
select carrier, unit, year, count(*) as row_count
from carbon_month
where reason = 'no_factor' and carrier <> 'other_energy'
group by carrier, unit, year
