//! A length of time with its unit.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A length of time, written as text with a unit: `"30 s"`, `"10 min"`, `"7 d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wait(Duration);

/// Units from long to short with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Longer than anybody waits, and short enough that sums of moments stay moments.
const LONGEST: Duration = Duration::from_secs(366 * 100 * 86_400);

impl Wait {
    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Wait {
        Wait(Duration::from_millis(millis))
    }

    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Wait {
        Wait(Duration::from_secs(seconds))
    }

    /// As the standard library has it.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// As a difference of moments.
    pub fn delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::from_std(self.0).unwrap_or(chrono::TimeDelta::MAX)
    }

    /// To the millisecond; what is shorter is left off.
    pub fn of(duration: Duration) -> Wait {
        Wait(Duration::from_millis(
            u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        ))
    }
}

impl fmt::Display for Wait {
    /// In the longest unit that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let (unit, length) = UNITS
            .into_iter()
            .find(|(_, length)| millis >= *length && millis.is_multiple_of(*length))
            .unwrap_or(("s", 1_000));
        write!(f, "{} {unit}", millis / length)
    }
}

impl FromStr for Wait {
    type Err = String;

    fn from_str(text: &str) -> Result<Wait, String> {
        let not_a_wait = || {
            format!(
                "`{text}` is not a length of time; write a whole number and one of ms, s, min, h, d: `10 min`"
            )
        };
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = text[..digits].parse().map_err(|_| not_a_wait())?;
        let unit = text[digits..].trim();
        let (_, length) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(not_a_wait)?;
        number
            .checked_mul(length)
            .map(Duration::from_millis)
            .filter(|duration| *duration <= LONGEST)
            .map(Wait)
            .ok_or_else(not_a_wait)
    }
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Wait {
    fn schema_name() -> Cow<'static, str> {
        "Wait".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+ ?(ms|s|min|h|d)$" })
    }
}

#[cfg(test)]
mod tests {
    use super::Wait;

    #[test]
    fn wait_is_read_and_printed_with_its_unit() {
        for (text, millis, printed) in [
            ("0 s", 0, "0 s"),
            ("250 ms", 250, "250 ms"),
            ("90s", 90_000, "90 s"),
            ("120 s", 120_000, "2 min"),
            ("36 h", 129_600_000, "36 h"),
            ("7 d", 604_800_000, "7 d"),
        ] {
            let wait: Wait = text.parse().expect(text);
            assert_eq!(wait, Wait::millis(millis));
            assert_eq!(wait.to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_wait_is_refused() {
        for text in ["", "10", "10 m", "1.5 h", "-1 s", "h", "99999999 d"] {
            assert!(text.parse::<Wait>().is_err(), "{text}");
        }
    }
}
