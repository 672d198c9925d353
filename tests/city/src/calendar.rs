//! Working days by the holiday calendar of `schemas/reference/calendar.csv`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::month::Month;

/// Days on which offices are open against or closed beyond the weekday rule.
struct Exceptions {
    open: BTreeSet<NaiveDate>,
    closed: BTreeSet<NaiveDate>,
}

fn exceptions() -> &'static Exceptions {
    static EXCEPTIONS: OnceLock<Exceptions> = OnceLock::new();
    EXCEPTIONS.get_or_init(|| {
        let mut exceptions = Exceptions {
            open: BTreeSet::new(),
            closed: BTreeSet::new(),
        };
        let text = include_str!("../../../schemas/reference/calendar.csv");
        for line in text.lines().skip(1) {
            // calendar_date,is_workday,…: the first two cells are never quoted.
            let mut cells = line.split(',');
            let date = cells.next().and_then(|cell| cell.parse::<NaiveDate>().ok());
            let (Some(date), Some(is_workday)) = (date, cells.next()) else {
                continue;
            };
            match (is_workday == "true", is_weekday(date)) {
                (true, false) => exceptions.open.insert(date),
                (false, true) => exceptions.closed.insert(date),
                _ => false,
            };
        }
        exceptions
    })
}

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Whether offices are open. Years beyond the calendar follow the weekday.
pub(crate) fn is_workday(date: NaiveDate) -> bool {
    let exceptions = exceptions();
    exceptions.open.contains(&date) || (is_weekday(date) && !exceptions.closed.contains(&date))
}

/// The working days of a month.
pub(crate) fn workdays(month: Month) -> Vec<NaiveDate> {
    (1..=month.days())
        .map(|day| month.day(day))
        .filter(|date| is_workday(*date))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn make_up_days_are_open_and_holidays_closed() {
        let day = |month, day| Month::new(2024, month).day(day);
        // Sunday 4 February 2024 was worked for the spring festival; Monday 12 February was free.
        assert!(is_workday(day(2, 4)));
        assert!(!is_workday(day(2, 12)));
        assert!(is_workday(day(2, 19)));
    }
}
