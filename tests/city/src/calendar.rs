//! Working days, good enough for a plausible city: weekends, and the long public holidays.
//!
//! The exact calendar with its make-up days is `reference.calendar`; nothing that is compared with
//! the warehouse depends on this one.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::month::Month;

/// The first day of the spring festival holiday, by year from 2020.
const SPRING: [(u32, u32); 8] = [(1, 24), (2, 11), (1, 31), (1, 21), (2, 10), (1, 28), (2, 15), (2, 5)];

/// Whether offices are open.
pub(crate) fn is_workday(date: NaiveDate) -> bool {
    if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
        return false;
    }
    let (month, day) = (date.month(), date.day());
    if matches!((month, day), (1, 1) | (4, 4..=5) | (5, 1..=5) | (10, 1..=7)) {
        return false;
    }
    let place = (date.year() - 2020).clamp(0, SPRING.len() as i32 - 1) as usize;
    let (spring_month, spring_day) = SPRING[place];
    let start = NaiveDate::from_ymd_opt(date.year(), spring_month, spring_day);
    !start.is_some_and(|start| (0..7).contains(&(date - start).num_days()))
}

/// The working days of a month.
pub(crate) fn workdays(month: Month) -> Vec<NaiveDate> {
    (1..=month.days()).map(|day| month.day(day)).filter(|date| is_workday(*date)).collect()
}
