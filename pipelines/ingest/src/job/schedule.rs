//! The text form of a job's schedule. The `schedule` crate says what it means, and what may not be meant.

use contracts::yaml::At;
use schemars::JsonSchema;
use serde::Deserialize;
use sources::Wait;

/// When a job runs by itself: by `cron`, by `on`, or after others; and what is done when it fails.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ScheduleFile {
    /// Minute, hour, day of the month, month, day of the week: `30 6 * * *` is half past six every day.
    #[serde(default)]
    pub cron: Option<At<String>>,
    /// A day by the calendar of working days: `workday`, `3rd workday after month end`,
    /// `last workday of month`, `quarter end`, `1st day of year`.
    #[serde(default)]
    pub on: Option<At<String>>,
    /// With `on`: the time of day, `06:30` when not said.
    #[serde(default)]
    pub at: Option<At<String>>,
    /// The time zone of all of these, the city's (`Asia/Shanghai`) when not said.
    #[serde(default)]
    pub time_zone: Option<At<String>>,
    /// Which of the due times that passed while nothing ran, or the job was paused, are made up for:
    /// the latest when not said.
    #[serde(default)]
    pub catch_up: CatchUp,
    /// Jobs that must have run first, and `publication`, which means a new one. Without `cron` and
    /// `on` the job runs whenever all of them have done so again.
    #[serde(default)]
    pub after: Vec<At<String>>,
    /// How long a run may take, `1 h` when not said.
    #[serde(default)]
    pub timeout: Option<Wait>,
    /// How often and when a failed run is tried again.
    #[serde(default)]
    pub retries: RetriesFile,
    /// Jobs of one group run one at a time; the source (the first word of the job's name) when not said.
    #[serde(default)]
    pub group: Option<At<String>>,
}

/// Which missed due times are made up for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// Each of them, in order.
    All,
    /// The newest of them.
    #[default]
    Latest,
    /// None of them.
    None,
}

/// How often and when a failed run is tried again, if its error says that this can help.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RetriesFile {
    /// How often at the most, 3 times when not said.
    #[serde(default)]
    pub count: Option<u32>,
    /// The wait before the first; each one after it is twice as long. `1 min` when not said.
    #[serde(default)]
    pub base: Option<Wait>,
    /// The longest wait, `1 h` when not said.
    #[serde(default)]
    pub cap: Option<Wait>,
    /// By how many percent of itself a wait may be shortened at random, so that what failed together is
    /// not tried again together. 25 when not said.
    #[serde(default)]
    pub jitter_percent: Option<At<u32>>,
}
