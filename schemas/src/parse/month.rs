//! Months, kept as text `YYYY-MM`.

use std::fmt;

use super::date::{full_year, month_name, read_clock, read_date, two_digits};
use super::{MAX_YEAR, MIN_YEAR, Missing, TwoDigitYears, ValueError, civil_of_days};
use crate::text;

/// A month. Displays as `YYYY-MM`, in which order is order in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month `month` (1 to 12) of `year`.
    ///
    /// # Errors
    /// When there is no such month, or the year is not in [`MIN_YEAR`]..=[`MAX_YEAR`].
    pub fn new(year: i32, month: u32) -> Result<Month, ValueError> {
        if !(1..=12).contains(&month) {
            return Err(ValueError::NotAMonth);
        }
        if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
            return Err(ValueError::YearOutOfRange);
        }
        Ok(Month { year, month })
    }

    /// The month of a day since 1970-01-01. Of a timestamp, take [`super::city_days`] first.
    pub fn of_days(days: i32) -> Month {
        let (year, month, _) = civil_of_days(days);
        Month { year, month }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> u32 {
        self.month
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The month in a cell: `2024-01`, `202401`, `2024/1`, `2024年1月`, `Jan 2024`, or a date that is the first
/// of its month, as spreadsheets keep months.
///
/// `2024.1` is refused: it is what a spreadsheet makes of `2024.10`.
///
/// # Errors
/// When the cell is no month.
#[inline]
pub fn month(cell: &str, missing: &Missing) -> Result<Option<Month>, ValueError> {
    if let &[y1, y2, y3, y4, b'-', m1, m2] = cell.as_bytes()
        && let (Some(century), Some(year), Some(month)) =
            (two_digits(y1, y2), two_digits(y3, y4), two_digits(m1, m2))
    {
        return Month::new((century * 100 + year) as i32, month).map(Some);
    }
    if missing.is_missing(cell) {
        return Ok(None);
    }
    read(text::trim(&text::half_width(text::trim(cell)))).map(Some)
}

fn read(cell: &str) -> Result<Month, ValueError> {
    if let Some((month, rest)) = month_name(cell) {
        let year = rest.trim_start_matches(['-', ' ', '/', ',', '\'']);
        let is_year = !year.is_empty() && year.bytes().all(|b| b.is_ascii_digit());
        if is_year && year.len() < rest.len() {
            let year = full_year(year, TwoDigitYears::default());
            return Month::new(year.map_err(|_| ValueError::NotAMonth)?, month);
        }
    }
    let end = cell
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(cell.len());
    let (digits, rest) = cell.split_at(end);
    match (digits.len(), rest) {
        (6, "") => Month::new(number(&digits[..4])? as i32, number(&digits[4..])?),
        (4, rest) => match month_behind(rest) {
            Some(month) => Month::new(number(digits)? as i32, number(month)?),
            None => first_of_month(cell),
        },
        _ => first_of_month(cell),
    }
}

/// The digits of the month in `-01`, `/1`, `.10`, `年1月`, `年01月份`, `M01`.
fn month_behind(rest: &str) -> Option<&str> {
    let (mark, behind) = rest.split_at_checked(rest.chars().next()?.len_utf8())?;
    let behind = behind.trim_start();
    let month = match mark {
        "-" | "/" | "M" => behind,
        "." if behind.len() == 2 => behind,
        "年" => behind
            .strip_suffix('份')
            .unwrap_or(behind)
            .strip_suffix('月')?
            .trim_end(),
        _ => return None,
    };
    let is_month = (1..=2).contains(&month.len()) && month.bytes().all(|b| b.is_ascii_digit());
    is_month.then_some(month)
}

fn first_of_month(cell: &str) -> Result<Month, ValueError> {
    let read = read_date(cell, None, TwoDigitYears::default());
    let (days, rest) = read.map_err(|error| match error {
        ValueError::YearOutOfRange => error,
        _ => ValueError::NotAMonth,
    })?;
    let is_midnight = rest.is_empty()
        || read_clock(rest).is_ok_and(|(clock, rest)| clock.micros == 0 && rest.is_empty());
    if is_midnight && civil_of_days(days).2 == 1 {
        Ok(Month::of_days(days))
    } else {
        Err(ValueError::NotAMonth)
    }
}

fn number(digits: &str) -> Result<u32, ValueError> {
    digits.parse().map_err(|_| ValueError::NotAMonth)
}
