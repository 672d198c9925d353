-- severity: warning
-- purpose: ledger and register must agree within the tolerance (账账相符); one line a year and book
select
    year,
    book,
    count(*) as row_count,
    sum(abs(difference_yuan)) as difference_yuan
from asset_book_year
where verdict in ('booked_without_register', 'registered_without_booking')
group by year, book
