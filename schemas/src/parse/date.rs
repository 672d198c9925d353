//! Dates: text to days since 1970-01-01.

mod reader;

pub(super) use reader::{
    Clock, full_year, month_name, read_clock, read_date, read_offset, read_serial,
};

use chrono::format::Parsed;
use chrono::{Datelike, NaiveDate, Timelike};

use super::format::Pattern;
use super::{DateFormat, Missing, TwoDigitYears, ValueError, days_of_civil};
use crate::text;

/// In what order day, month and year stand, where numbers alone do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// Parses the cells of one date column to days since 1970-01-01 (Arrow's Date32).
///
/// A year of four digits first, or a month by name, needs no declaration. A time of day is refused
/// unless it is midnight, which sources write behind plain dates.
#[derive(Debug, Clone, Default)]
pub struct DateParser {
    formats: Vec<DateFormat>,
    missing: Missing,
    years: TwoDigitYears,
}

impl DateParser {
    /// A parser for the declared formats, tried in their order.
    pub fn new(formats: Vec<DateFormat>, missing: Missing) -> DateParser {
        DateParser {
            formats,
            missing,
            years: TwoDigitYears::default(),
        }
    }

    /// The same with another rule for years of two digits.
    #[must_use]
    pub fn with_years(self, years: TwoDigitYears) -> DateParser {
        DateParser { years, ..self }
    }

    /// The days of a cell; `None` when it is missing.
    ///
    /// # Errors
    /// When the cell is no date, no day of the calendar, or not clear in its order.
    #[inline]
    pub fn parse(&self, cell: &str) -> Result<Option<i32>, ValueError> {
        match iso_date(cell.as_bytes()) {
            // A pattern may read the same ten characters otherwise (`%Y-%d-%m`).
            Some(days) if !self.has_pattern() => Ok(Some(days)),
            _ => self.parse_slow(cell),
        }
    }

    fn has_pattern(&self) -> bool {
        self.formats
            .iter()
            .any(|f| matches!(f, DateFormat::Pattern(_)))
    }

    /// The general way; the fast one agrees with it wherever it answers.
    pub(super) fn parse_slow(&self, cell: &str) -> Result<Option<i32>, ValueError> {
        if self.missing.is_missing(cell) {
            return Ok(None);
        }
        let folded = text::half_width(text::trim(cell));
        let cell = text::trim(&folded);
        first_that_reads(&self.formats, ValueError::NotADate, |format| match format {
            Some(DateFormat::Excel1900) => whole_day(read_serial(cell, false)?),
            Some(DateFormat::Excel1904) => whole_day(read_serial(cell, true)?),
            Some(DateFormat::Pattern(pattern)) => {
                whole_day(read_pattern(cell, pattern, self.years)?)
            }
            ordered => {
                let (days, rest) = read_date(cell, order_of(ordered), self.years)?;
                if rest.is_empty() {
                    return Ok(days);
                }
                let (clock, rest) = read_clock(rest)?;
                let (_, rest) = read_offset(rest);
                if rest.is_empty() {
                    whole_day((days, clock))
                } else {
                    Err(ValueError::NotADate)
                }
            }
        })
        .map(Some)
    }
}

/// Tries the declared formats in order, then the forms that need no declaration (which a declared order
/// includes). Of the reasons why none of them reads, the first that says more than `plain` is told.
pub(super) fn first_that_reads<T>(
    formats: &[DateFormat],
    plain: ValueError,
    read: impl Fn(Option<&DateFormat>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let mut reason = plain;
    let has_order = formats
        .iter()
        .any(|format| order_of(Some(format)).is_some());
    let undeclared = (!has_order).then_some(None);
    for format in formats.iter().map(Some).chain(undeclared) {
        match read(format) {
            Ok(value) => return Ok(value),
            Err(error) if reason == plain && !is_plain(error) => reason = error,
            Err(_) => {}
        }
    }
    Err(reason)
}

fn is_plain(error: ValueError) -> bool {
    matches!(error, ValueError::NotADate | ValueError::NotATimestamp)
}

pub(super) fn order_of(format: Option<&DateFormat>) -> Option<Order> {
    match format? {
        DateFormat::YearFirst => Some(Order::YearMonthDay),
        DateFormat::DayFirst => Some(Order::DayMonthYear),
        DateFormat::MonthFirst => Some(Order::MonthDayYear),
        DateFormat::Excel1900 | DateFormat::Excel1904 | DateFormat::Pattern(_) => None,
    }
}

/// `2024-01-31` and nothing else.
#[inline]
pub(super) fn iso_date(cell: &[u8]) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else {
        return None;
    };
    let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
    days_of_civil(year as i32, two_digits(m1, m2)?, two_digits(d1, d2)?).ok()
}

#[inline]
pub(super) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

fn whole_day((days, clock): (i32, Clock)) -> Result<i32, ValueError> {
    if clock.micros == 0 {
        Ok(days)
    } else {
        Err(ValueError::TimeWouldBeLost)
    }
}

/// Days and time of day by a strftime pattern; midnight when it has no time.
pub(super) fn read_pattern(
    cell: &str,
    pattern: &Pattern,
    years: TwoDigitYears,
) -> Result<(i32, Clock), ValueError> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, cell, pattern.items.iter()).map_err(reason)?;
    // chrono's own rule for `%y` parts the centuries at 70.
    if parsed.year().is_none()
        && parsed.year_div_100().is_none()
        && let Some(digits) = parsed.year_mod_100()
    {
        let century = years.year(digits).div_euclid(100);
        parsed
            .set_year_div_100(i64::from(century))
            .map_err(reason)?;
    }
    let date: NaiveDate = parsed.to_naive_date().map_err(reason)?;
    let days = days_of_civil(date.year(), date.month(), date.day())?;
    let has_time = parsed.hour_div_12().is_some() || parsed.hour_mod_12().is_some();
    let time = has_time
        .then(|| parsed.to_naive_time())
        .transpose()
        .map_err(reason)?;
    let micros = time.map_or(0, |time| {
        i64::from(time.num_seconds_from_midnight()) * 1_000_000
            + i64::from(time.nanosecond() % 1_000_000_000 / 1_000)
    });
    Ok((
        days,
        Clock {
            micros,
            offset_seconds: parsed.offset(),
        },
    ))
}

fn reason(error: chrono::ParseError) -> ValueError {
    use chrono::format::ParseErrorKind;
    match error.kind() {
        ParseErrorKind::OutOfRange | ParseErrorKind::Impossible => ValueError::NoSuchDay,
        _ => ValueError::NotADate,
    }
}
