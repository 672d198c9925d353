//! Models are built and published after jobs have committed: once for a batch of them.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::Retry;
use serde::{Deserialize, Serialize};

use crate::retries::Retries;

/// Jobs that commit shortly one after the other are built for together.
const QUIET: TimeDelta = TimeDelta::seconds(2);

/// So long a build waits at the most for jobs that are still to run.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);

/// What is known of the models' build.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Build {
    /// The first commit that no build has seen.
    pub wanted_since: Option<DateTime<Utc>>,
    /// The last one.
    #[serde(default)]
    pub last_commit: Option<DateTime<Utc>>,
    /// Whether one is under way.
    #[serde(default)]
    pub is_running: bool,
    /// How often it failed in a row.
    #[serde(default)]
    pub failures: u32,
    /// It does not begin before.
    #[serde(default)]
    pub not_before: Option<DateTime<Utc>>,
    /// Why the last one failed; none when it went well.
    #[serde(default)]
    pub trouble: Option<String>,
}

impl Build {
    /// A job has committed.
    pub(super) fn committed(&mut self, now: DateTime<Utc>) {
        self.wanted_since.get_or_insert(now);
        self.last_commit = Some(now);
    }

    /// Whether it is time: something was committed, and nothing more is about to be, or it has waited
    /// long enough. `is_busy` says whether jobs run or could begin.
    pub fn is_due(&self, is_busy: bool, now: DateTime<Utc>) -> bool {
        let Some(since) = self.wanted_since else {
            return false;
        };
        if self.is_running || self.not_before.is_some_and(|at| now < at) {
            return false;
        }
        let is_quiet = self.last_commit.is_none_or(|last| now - last >= QUIET);
        (!is_busy && is_quiet) || now - since >= LONGEST_WAIT
    }

    /// It begins; what is committed from now on wants another one.
    pub fn start(&mut self) {
        self.is_running = true;
        self.wanted_since = None;
    }

    /// It has ended: well, or with what there is to tell and whether trying again can help.
    pub fn finish(
        &mut self,
        outcome: Result<(), (String, Retry)>,
        random: f64,
        now: DateTime<Utc>,
    ) {
        self.is_running = false;
        self.not_before = None;
        let Err((trouble, hint)) = outcome else {
            self.failures = 0;
            self.trouble = None;
            return;
        };
        self.trouble = Some(trouble);
        self.failures += 1;
        match Retries::default().wait(self.failures, hint, random) {
            Some(wait) => {
                let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
                self.not_before = now.checked_add_signed(wait);
                self.wanted_since.get_or_insert(now);
            }
            // The same models over the same rows fail the same way; new rows are another matter.
            None => self.failures = 0,
        }
    }
}
