-- severity: error
-- purpose: what is drawn in a region and year is at least the share asked for, and not one more than that
select
    year,
    region_code,
    count(*) as organizations,
    count(*) filter (where is_drawn) as drawn
from review_sample_year
where sample_pct is not null
group by year, region_code, sample_pct
having
    count(*) filter (where is_drawn) * 100 < count(*) * sample_pct
    or (count(*) filter (where is_drawn) - 1) * 100 >= count(*) * sample_pct
