//! Timestamps: text to microseconds since 1970-01-01 UTC.

use super::date::{
    Clock, first_that_reads, iso_date, order_of, read_clock, read_date, read_offset, read_pattern,
    read_serial, two_digits,
};
use super::{Ambiguity, DateFormat, Missing, TwoDigitYears, ValueError, Zone};
use crate::text;

/// Parses the cells of one timestamp column to microseconds since 1970-01-01 UTC (Arrow's
/// Timestamp(microsecond, UTC)).
///
/// Cells without an offset are in `zone`, the city's own unless declared. A date alone is its midnight;
/// `24:00` is the midnight after.
#[derive(Debug, Clone, Default)]
pub struct TimestampParser {
    formats: Vec<DateFormat>,
    zone: Zone,
    ambiguity: Ambiguity,
    missing: Missing,
    years: TwoDigitYears,
}

const MICROS_A_DAY: i64 = 86_400_000_000;

impl TimestampParser {
    /// A parser for the declared formats, tried in their order, of local times in `zone`.
    pub fn new(
        formats: Vec<DateFormat>,
        zone: Zone,
        ambiguity: Ambiguity,
        missing: Missing,
    ) -> TimestampParser {
        TimestampParser {
            formats,
            zone,
            ambiguity,
            missing,
            years: TwoDigitYears::default(),
        }
    }

    /// The same with another rule for years of two digits.
    #[must_use]
    pub fn with_years(self, years: TwoDigitYears) -> TimestampParser {
        TimestampParser { years, ..self }
    }

    /// The moment in a cell; `None` when it is missing.
    ///
    /// # Errors
    /// When the cell is no moment, not clear in its order, or a local time that occurs twice or never.
    #[inline]
    pub fn parse(&self, cell: &str) -> Result<Option<i64>, ValueError> {
        match iso_timestamp(cell.as_bytes()) {
            Some((local, offset)) if !self.has_pattern() => match offset {
                Some(seconds) => Ok(Some(local - seconds * 1_000_000)),
                None => self.zone.to_utc(local, self.ambiguity).map(Some),
            },
            _ => self.parse_slow(cell),
        }
    }

    fn has_pattern(&self) -> bool {
        self.formats
            .iter()
            .any(|f| matches!(f, DateFormat::Pattern(_)))
    }

    /// The general way; the fast one agrees with it wherever it answers.
    pub(super) fn parse_slow(&self, cell: &str) -> Result<Option<i64>, ValueError> {
        if self.missing.is_missing(cell) {
            return Ok(None);
        }
        let folded = text::half_width(text::trim(cell));
        let cell = text::trim(&folded);
        let (days, clock) =
            first_that_reads(
                &self.formats,
                ValueError::NotATimestamp,
                |format| match format {
                    Some(DateFormat::Excel1900) => read_serial(cell, false),
                    Some(DateFormat::Excel1904) => read_serial(cell, true),
                    Some(DateFormat::Pattern(pattern)) => read_pattern(cell, pattern, self.years),
                    ordered => {
                        let (days, rest) = read_date(cell, order_of(ordered), self.years)?;
                        Ok((days, read_time(rest)?))
                    }
                },
            )?;
        let local = i64::from(days) * MICROS_A_DAY + clock.micros;
        match clock.offset_seconds {
            Some(offset) => Ok(Some(local - i64::from(offset) * 1_000_000)),
            None => self.zone.to_utc(local, self.ambiguity).map(Some),
        }
    }
}

fn read_time(rest: &str) -> Result<Clock, ValueError> {
    if rest.is_empty() {
        return Ok(Clock {
            micros: 0,
            offset_seconds: None,
        });
    }
    let (clock, rest) = read_clock(rest)?;
    let (offset_seconds, rest) = read_offset(rest);
    if rest.is_empty() {
        Ok(Clock {
            offset_seconds,
            ..clock
        })
    } else {
        Err(ValueError::NotATimestamp)
    }
}

/// `2024-01-31 08:30`, `2024-01-31T08:30:00`, either with `Z` or `+08:00` behind it: the local
/// microseconds, and the seconds east of Greenwich if the text says them.
#[inline]
fn iso_timestamp(cell: &[u8]) -> Option<(i64, Option<i64>)> {
    let (cell, offset) = match cell {
        [cell @ .., b'Z'] => (cell, Some(0)),
        [cell @ .., sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if cell.len() > 10 => {
            let (hours, minutes) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?);
            if hours > 15 || minutes > 59 {
                return None;
            }
            let seconds = i64::from(hours * 3_600 + minutes * 60);
            (cell, Some(if *sign == b'-' { -seconds } else { seconds }))
        }
        cell => (cell, None),
    };
    let date = cell.get(..10)?;
    let seconds = match *cell.get(10..)? {
        [b' ' | b'T', h1, h2, b':', m1, m2] => clock(h1, h2, m1, m2, b'0', b'0')?,
        [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] => clock(h1, h2, m1, m2, s1, s2)?,
        _ => return None,
    };
    let days = iso_date(date)?;
    Some((
        i64::from(days) * MICROS_A_DAY + i64::from(seconds) * 1_000_000,
        offset,
    ))
}

#[inline]
fn clock(h1: u8, h2: u8, m1: u8, m2: u8, s1: u8, s2: u8) -> Option<u32> {
    let (hour, minute, second) = (
        two_digits(h1, h2)?,
        two_digits(m1, m2)?,
        two_digits(s1, s2)?,
    );
    (hour < 24 && minute < 60 && second < 60).then(|| hour * 3_600 + minute * 60 + second)
}
