//! Intervals: which stretch of time a run is for.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use contracts::parse::{Ambiguity, Zone};
use serde::{Deserialize, Serialize};

/// The stretch of time a run is for: from `from` on, until before `to`.
///
/// It names the run: a job that has loaded an interval is not run for it again unless that is asked
/// for. It does not limit what a source gives; sources know by their cursor where they go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The first moment.
    pub from: DateTime<Utc>,
    /// The first moment after it; never before `from`.
    pub to: DateTime<Utc>,
}

/// Why a text is no interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an interval such as 2024-01-01/2024-02-01")]
pub struct IntervalError(String);

impl Interval {
    /// From `from` on, until before `to`; none when it would end before it begins.
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Interval> {
        (from <= to).then_some(Interval { from, to })
    }

    /// The moment a text means: a day of the city, at midnight, or a moment with its offset.
    pub fn moment(text: &str) -> Option<DateTime<Utc>> {
        if let Ok(day) = text.parse::<NaiveDate>() {
            let local = NaiveDateTime::from(day).and_utc().timestamp_micros();
            let utc = Zone::CITY.to_utc(local, Ambiguity::Earliest).ok()?;
            return DateTime::from_timestamp_micros(utc);
        }
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(moment.to_utc())
    }
}

impl std::str::FromStr for Interval {
    type Err = IntervalError;

    /// Two days, or two moments with their offset, with `/` between. A day begins at midnight in the city.
    fn from_str(text: &str) -> Result<Interval, IntervalError> {
        let refused = || IntervalError(text.to_owned());
        let (from, to) = text.split_once('/').ok_or_else(refused)?;
        let (from, to) = (Interval::moment(from), Interval::moment(to));
        let interval = from.zip(to).filter(|(from, to)| from < to);
        let (from, to) = interval.ok_or_else(refused)?;
        Ok(Interval { from, to })
    }
}

impl fmt::Display for Interval {
    /// As [`FromStr`](std::str::FromStr) reads it, in the city's time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (in_city(self.from), in_city(self.to));
        if [from, to].iter().all(|at| at.time() == NaiveTime::MIN) {
            return write!(f, "{}/{}", from.date_naive(), to.date_naive());
        }
        let text = |at: DateTime<FixedOffset>| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        write!(f, "{}/{}", text(from), text(to))
    }
}

fn in_city(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&chrono_tz::Asia::Shanghai).fixed_offset()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_read_and_printed_in_the_citys_time() {
        // Midnight in Shanghai is 16:00 UTC of the day before.
        for (text, from, printed) in [
            ("2024-01-01/2024-02-01", "2023-12-31T16:00:00Z", None),
            (
                "2024-01-01T06:30:00+08:00/2024-01-02T06:30:00+08:00",
                "2023-12-31T22:30:00Z",
                None,
            ),
            (
                "2023-12-31T16:00:00Z/2024-02-01",
                "2023-12-31T16:00:00Z",
                Some("2024-01-01/2024-02-01"),
            ),
        ] {
            let interval: Interval = text.parse().expect(text);
            assert_eq!(
                interval.from.to_rfc3339_opts(SecondsFormat::Secs, true),
                from
            );
            assert_eq!(interval.to_string(), printed.unwrap_or(text));
        }
    }

    #[test]
    fn what_is_no_interval_is_refused() {
        for text in [
            "",
            "2024-01",
            "2024-01-01",
            "2024-02-01/2024-01-01",
            "2024-01-01/2024-01-01",
            "2024-01-01/2024-02-30",
            "2024-01-01T00:00:00/2024-02-01",
        ] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }
}
