//! Moments as services write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::Value;

use super::config::MomentForm;

/// The city's offset, the same on every day of this century.
const CITY: FixedOffset = FixedOffset::east_opt(8 * 3_600).expect("eight hours are an offset");

/// Reads a moment of a row; none when it is not written as `form` says.
pub(super) fn read(form: MomentForm, value: &Value) -> Option<DateTime<Utc>> {
    match (form, value) {
        (MomentForm::Rfc3339, Value::String(text)) => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|moment| moment.with_timezone(&Utc)),
        (MomentForm::CityTime, Value::String(text)) => {
            let text = text.replace('T', " ");
            in_city(NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").ok()?)
        }
        (MomentForm::CityDate, Value::String(text)) => {
            let day = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
            in_city(day.and_time(NaiveTime::MIN))
        }
        (MomentForm::EpochSeconds, value) => epoch(value, 1_000_000),
        (MomentForm::EpochMillis, value) => epoch(value, 1_000),
        _ => None,
    }
}

/// Writes a moment; what the form cannot say is left off, so that it is never later.
pub(super) fn write(form: MomentForm, moment: DateTime<Utc>) -> String {
    let city = moment.with_timezone(&CITY);
    match form {
        MomentForm::Rfc3339 => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        MomentForm::CityTime => city.format("%Y-%m-%d %H:%M:%S").to_string(),
        MomentForm::CityDate => city.format("%Y-%m-%d").to_string(),
        MomentForm::EpochSeconds => moment.timestamp().to_string(),
        MomentForm::EpochMillis => moment.timestamp_millis().to_string(),
    }
}

/// A moment in the form, for messages.
pub(super) fn example(form: MomentForm) -> &'static str {
    match form {
        MomentForm::Rfc3339 => "`2026-11-24T08:30:00Z`",
        MomentForm::CityTime => "`2026-11-24 16:30:00`",
        MomentForm::CityDate => "`2026-11-24`",
        MomentForm::EpochSeconds => "`1795509000`",
        MomentForm::EpochMillis => "`1795509000000`",
    }
}

fn in_city(local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let moment = local.and_local_timezone(CITY).single()?;
    Some(moment.with_timezone(&Utc))
}

fn epoch(value: &Value, micros: i64) -> Option<DateTime<Utc>> {
    let number = match value {
        Value::String(text) => text.parse().ok()?,
        // Fractions do not matter: the cursor only has to be no later.
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole,
            None => number.as_f64()?.floor() as i64,
        },
        _ => return None,
    };
    DateTime::from_timestamp_micros(number.checked_mul(micros)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moment_is_the_same_in_every_form() {
        // 1795509000 is 2026-11-24 08:30:00 UTC (`date -u -d @1795509000`).
        let moment = DateTime::from_timestamp(1_795_509_000, 0).expect("a moment");
        for (form, value, written) in [
            (
                MomentForm::Rfc3339,
                json!("2026-11-24T16:30:00+08:00"),
                "2026-11-24T08:30:00Z",
            ),
            (
                MomentForm::CityTime,
                json!("2026-11-24T16:30:00"),
                "2026-11-24 16:30:00",
            ),
            (MomentForm::EpochSeconds, json!(1_795_509_000), "1795509000"),
            (
                MomentForm::EpochMillis,
                json!("1795509000000"),
                "1795509000000",
            ),
        ] {
            assert_eq!(read(form, &value), Some(moment), "{value}");
            assert_eq!(write(form, moment), written);
        }
        assert_eq!(write(MomentForm::CityDate, moment), "2026-11-24");
        let day = read(MomentForm::CityDate, &json!("2026-11-24")).expect("a day");
        assert_eq!(day.to_rfc3339(), "2026-11-23T16:00:00+00:00");
        assert_eq!(read(MomentForm::Rfc3339, &json!("2026-11-24")), None);
        assert_eq!(read(MomentForm::EpochSeconds, &json!(null)), None);
    }
}
