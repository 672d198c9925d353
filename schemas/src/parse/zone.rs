//! Local times and UTC.

use std::str::FromStr;

use chrono::{DateTime, MappedLocalTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::ValueError;
use crate::text;

/// The zone of local times that carry no offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Seconds east of Greenwich, always.
    Fixed(i32),
    Named(Tz),
}

/// Which of the two moments a local time means that occurs twice, when clocks are put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ambiguity {
    /// Neither: the cell is refused.
    #[default]
    Refuse,
    /// The earlier, still in summer time.
    Earliest,
    /// The later, in standard time.
    Latest,
}

/// A text that is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{word}`")]
pub struct ZoneError {
    /// The text.
    pub word: String,
    /// The nearest zone.
    pub nearest: Option<&'static str>,
}

/// Shanghai had summer time from 1986 to 1991; since this local time it is UTC+8 without exception.
const SHANGHAI_IS_PLAIN_SINCE: i64 = 694_224_000_000_000; // 1992-01-01T00:00
const EIGHT_HOURS: i64 = 8 * 3_600 * 1_000_000;

impl Zone {
    /// The city's zone, Asia/Shanghai.
    pub const CITY: Zone = Zone(Kind::Named(Tz::Asia__Shanghai));
    /// UTC.
    pub const UTC: Zone = Zone(Kind::Fixed(0));

    /// UTC of local microseconds since 1970-01-01T00:00.
    ///
    /// # Errors
    /// When the clocks skip the local time, or show it twice and `ambiguity` does not say which is meant.
    #[inline]
    pub fn to_utc(self, local_micros: i64, ambiguity: Ambiguity) -> Result<i64, ValueError> {
        match self.0 {
            Kind::Named(Tz::Asia__Shanghai) if local_micros >= SHANGHAI_IS_PLAIN_SINCE => {
                Ok(local_micros - EIGHT_HOURS)
            }
            Kind::Fixed(offset) => Ok(local_micros - i64::from(offset) * 1_000_000),
            Kind::Named(zone) => by_table(zone, local_micros, ambiguity),
        }
    }
}

fn by_table(zone: Tz, local_micros: i64, ambiguity: Ambiguity) -> Result<i64, ValueError> {
    let local = DateTime::from_timestamp_micros(local_micros)
        .ok_or(ValueError::YearOutOfRange)?
        .naive_utc();
    let offset = match (zone.offset_from_local_datetime(&local), ambiguity) {
        (MappedLocalTime::Single(offset), _) => offset,
        (MappedLocalTime::Ambiguous(earliest, _), Ambiguity::Earliest) => earliest,
        (MappedLocalTime::Ambiguous(_, latest), Ambiguity::Latest) => latest,
        (MappedLocalTime::Ambiguous(..), Ambiguity::Refuse) => {
            return Err(ValueError::AmbiguousTime);
        }
        (MappedLocalTime::None, _) => return Err(ValueError::SkippedTime),
    };
    Ok(local_micros - i64::from(offset.fix().local_minus_utc()) * 1_000_000)
}

/// The city's day (Asia/Shanghai) at a moment, both since 1970-01-01: what months and years are made of.
#[inline]
pub fn city_days(utc_micros: i64) -> i32 {
    let offset = if utc_micros >= SHANGHAI_IS_PLAIN_SINCE {
        EIGHT_HOURS
    } else {
        let utc = DateTime::from_timestamp_micros(utc_micros).unwrap_or_default();
        let offset = Tz::Asia__Shanghai.offset_from_utc_datetime(&utc.naive_utc());
        i64::from(offset.fix().local_minus_utc()) * 1_000_000
    };
    let days = utc_micros.saturating_add(offset).div_euclid(86_400_000_000);
    days.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::CITY
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    /// `UTC`, `+08:00` or an IANA name (`Europe/London`).
    fn from_str(word: &str) -> Result<Zone, ZoneError> {
        if let (Some(offset), "") = super::date::read_offset(word) {
            return Ok(Zone(Kind::Fixed(offset)));
        }
        word.parse::<Tz>()
            .map(|zone| Zone(Kind::Named(zone)))
            .map_err(|_| ZoneError {
                word: word.to_owned(),
                nearest: text::nearest(word, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())),
            })
    }
}
