-- severity: error
-- purpose: two rows of one key would count twice
select
    organization_id,
    year,
    book,
    count(*) as row_count
from asset_book_year
group by organization_id, year, book
having count(*) > 1
