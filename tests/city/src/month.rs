//! Months, the grain of nearly everything that is reported.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

/// A calendar month of the city, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month of a year; `month` runs from 1 to 12.
    pub const fn new(year: i32, month: u32) -> Self {
        Self(year * 12 + month as i32 - 1)
    }

    /// The month a day lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self::new(date.year(), date.month())
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The month of the year, 0 to 11, to index tables by.
    pub(crate) const fn index(self) -> usize {
        self.0.rem_euclid(12) as usize
    }

    /// The month `months` later, or earlier if negative.
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// How many months `self` is after `other`.
    pub const fn since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// A day of the month, 1 up to its last; later days give the last.
    pub fn day(self, day: u32) -> NaiveDate {
        let day = day.clamp(1, self.days());
        NaiveDate::from_ymd_opt(self.year(), self.month(), day)
            .expect("the day is within the month")
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        self.day(1)
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        self.day(31)
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        match self.month() {
            2 if NaiveDate::from_ymd_opt(self.year(), 2, 29).is_some() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// The months from `self` to `last`, both included.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year(), self.month())
    }
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no month: write it as `2026-10`")]
pub struct MonthError {
    /// What was given.
    pub text: String,
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || MonthError {
            text: text.to_owned(),
        };
        let (year, month) = text.split_once('-').ok_or_else(refuse)?;
        let year = year
            .parse::<i32>()
            .ok()
            .filter(|year| (1..=9999).contains(year));
        let month = month
            .parse::<u32>()
            .ok()
            .filter(|month| (1..=12).contains(month));
        match (year, month) {
            (Some(year), Some(month)) => Ok(Self::new(year, month)),
            _ => Err(refuse()),
        }
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_run_over_the_year_end() {
        let months: Vec<_> = Month::new(2023, 11)
            .through(Month::new(2024, 2))
            .map(|month| month.to_string())
            .collect();
        assert_eq!(months, ["2023-11", "2023-12", "2024-01", "2024-02"]);
    }

    #[test]
    fn february_knows_leap_years() {
        assert_eq!(Month::new(2024, 2).days(), 29);
        assert_eq!(Month::new(2026, 2).last_day().to_string(), "2026-02-28");
    }

    #[test]
    fn a_text_that_is_no_month_is_refused_with_the_form_wanted() {
        let error = "2026/10".parse::<Month>().expect_err("no month");
        assert_eq!(
            error.to_string(),
            "`2026/10` is no month: write it as `2026-10`"
        );
        assert!("2026-13".parse::<Month>().is_err());
        assert_eq!("2026-10".parse(), Ok(Month::new(2026, 10)));
    }
}
