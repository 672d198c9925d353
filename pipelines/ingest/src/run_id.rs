//! Names of runs that sort by time.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name of a run: `20261124T033317.250Z-9f3a61c2`, the moment it began (UTC, milliseconds) and
/// eight hex digits that tell apart runs of one moment. Text order is time order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// Why a text is not the name of a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a run id such as `20261124T033317.250Z-9f3a61c2`")]
pub struct RunIdError(String);

impl RunId {
    /// The id of a run that begins at `now`. `salt` is anything that tells it from another run begun
    /// in the same millisecond: the job's name, the process, a count.
    pub fn new(now: DateTime<Utc>, salt: &[&str]) -> RunId {
        let mut hash = Sha256::new();
        for part in salt {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits = hex::encode(&hash.finalize()[..4]);
        RunId(format!("{}-{digits}", now.format("%Y%m%dT%H%M%S%.3fZ")))
    }

    /// The id of a run of `job` that begins at `now`, told from all others of this machine and moment.
    pub fn of_job(now: DateTime<Utc>, job: &str) -> RunId {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let process = std::process::id().to_string();
        let count = RUNS.fetch_add(1, Ordering::Relaxed).to_string();
        RunId::new(now, &[job, &process, &count])
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(text: &str) -> Result<RunId, RunIdError> {
        let is_run_id = text.len() == 29
            && text.is_ascii()
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 => byte == b'T',
                15 => byte == b'.',
                19 => byte == b'Z',
                20 => byte == b'-',
                21.. => byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase(),
                _ => byte.is_ascii_digit(),
            });
        if is_run_id {
            Ok(RunId(text.to_owned()))
        } else {
            Err(RunIdError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for RunId {
    type Error = RunIdError;

    fn try_from(text: String) -> Result<RunId, RunIdError> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> String {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let at = |millis: i64| {
            Utc.timestamp_millis_opt(1_795_491_197_000 + millis)
                .single()
                .expect("a time")
        };
        let (first, second) = (RunId::new(at(250), &["a"]), RunId::new(at(251), &["a"]));
        assert!(first < second);
        assert_ne!(first, RunId::new(at(250), &["b"]));
        assert_eq!(first.as_str().parse(), Ok(first.clone()));
        assert!("20261124T033317.250Z-9F3A61C2".parse::<RunId>().is_err());
    }
}
