-- grain: calendar_date
-- purpose: days with month and whether government offices work
select to_char(calendar_date, '%Y-%m') as month, is_workday, calendar_date
from reference.calendar
