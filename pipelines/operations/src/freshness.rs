//! How old the newest row of a table is, against what its contract promises.

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use contracts::Freshness as Promise;
use serde::Serialize;
use utoipa::ToSchema;

/// China has one time zone and no summer time.
const CITY_UTC_OFFSET_SECONDS: i32 = 8 * 3600;

/// The age of a table's newest row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Freshness {
    /// The column that tells how new a row is.
    pub column: String,
    /// How old the newest row may be, in seconds.
    pub within_seconds: u64,
    /// The newest value, as it is stored: a month, a day or a moment.
    pub newest: Option<String>,
    /// The moment up to which the newest value speaks: a month or day until it ends in the city.
    pub reaches: Option<DateTime<Utc>>,
    /// How long ago that was, in seconds; 0 when it lies ahead.
    pub age_seconds: Option<u64>,
    /// Whether the promise is kept.
    pub state: FreshnessState,
}

/// Whether a table is as new as promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FreshnessState {
    /// It is.
    Fresh,
    /// Its newest row is too old.
    Stale,
    /// It has no rows.
    Empty,
    /// Its log does not tell how far it reaches.
    Untold,
}

impl Freshness {
    /// Holds the `newest` value of a table, if its log tells it, against `promise` at `now`.
    pub(crate) fn of(
        promise: &Promise,
        newest: Option<&str>,
        has_rows: bool,
        now: DateTime<Utc>,
    ) -> Freshness {
        let reaches = newest.and_then(reaches);
        let age = reaches.map(|reaches| (now - reaches).num_seconds().max(0).unsigned_abs());
        let within_seconds = promise.within.as_secs();
        Freshness {
            column: promise.column.to_string(),
            within_seconds,
            newest: newest.map(str::to_owned),
            reaches,
            age_seconds: age,
            state: match age {
                None if has_rows => FreshnessState::Untold,
                None => FreshnessState::Empty,
                Some(age) if age <= within_seconds => FreshnessState::Fresh,
                Some(_) => FreshnessState::Stale,
            },
        }
    }
}

impl FreshnessState {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            FreshnessState::Fresh => "fresh",
            FreshnessState::Stale => "stale",
            FreshnessState::Empty => "empty",
            FreshnessState::Untold => "untold",
        }
    }
}

/// The end of a month or day in the city, or the moment itself.
fn reaches(newest: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(newest) {
        return Some(moment.to_utc());
    }
    if let Ok(day) = newest.parse::<NaiveDate>() {
        return midnight(day.checked_add_days(Days::new(1))?);
    }
    let first: NaiveDate = format!("{newest}-01").parse().ok()?;
    midnight(first.checked_add_months(Months::new(1))?)
}

/// When a day begins in the city.
pub(crate) fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    let offset = FixedOffset::east_opt(CITY_UTC_OFFSET_SECONDS)?;
    let midnight = offset.from_local_datetime(&day.and_time(NaiveTime::MIN));
    Some(midnight.single()?.to_utc())
}

/// The day it is in the city.
pub(crate) fn city_day(now: DateTime<Utc>) -> NaiveDate {
    let offset = FixedOffset::east_opt(CITY_UTC_OFFSET_SECONDS).expect("eight hours are an offset");
    now.with_timezone(&offset).date_naive()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(newest: Option<&str>, within_days: u64, state: FreshnessState, age: Option<u64>) {
        let promise = Promise {
            column: "month".parse().expect("a name"),
            within: Duration::from_secs(within_days * 86_400),
        };
        let now = "2026-11-24T02:00:00Z".parse().expect("a moment");
        let freshness = Freshness::of(&promise, newest, newest.is_some(), now);
        assert_eq!(
            (freshness.state, freshness.age_seconds),
            (state, age),
            "{newest:?}"
        );
    }

    #[test]
    fn a_month_or_day_is_new_until_it_ends_in_the_city() {
        use FreshnessState::{Empty, Fresh, Stale, Untold};
        // October ends in the city on 31 October at 16:00 UTC: 23 days and 10 hours before.
        check(Some("2026-10"), 24, Fresh, Some(23 * 86_400 + 10 * 3_600));
        check(Some("2026-10"), 23, Stale, Some(23 * 86_400 + 10 * 3_600));
        // 23 November ends in the city at 16:00 UTC, ten hours before.
        check(Some("2026-11-23"), 1, Fresh, Some(10 * 3_600));
        // Today and this month are not over: their age is none.
        check(Some("2026-11-24"), 0, Fresh, Some(0));
        check(Some("2026-11"), 0, Fresh, Some(0));
        check(Some("2026-11-23T02:00:00.000Z"), 1, Fresh, Some(86_400));
        check(Some("2026-11-23T01:59:59.000Z"), 1, Stale, Some(86_401));
        check(None, 400, Empty, None);
        check(Some("no date"), 400, Untold, None);
    }
}
