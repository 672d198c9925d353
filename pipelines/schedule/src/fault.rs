//! Why a declared schedule was refused.

use contracts::{Fault, Place, Retry};

use crate::rule::RuleError;
use crate::timing::CronFault;

/// Why a declared schedule was refused: what and where; [`hint`](Self::hint) says how to mend it.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum ScheduleFault {
    #[error("the schedule at {at} does not say when the job runs")]
    NoTiming { at: Place },
    #[error("the schedule says both `cron`, at {at}, and `on`")]
    TwoTimings { at: Place },
    #[error("`at` at {at} means nothing without `on`")]
    TimeWithoutDay { at: Place },
    #[error("`{word}` at {at} is not a time of day")]
    TimeOfDay { at: Place, word: String },
    #[error("`{text}` at {at} is not a schedule of cron: {fault}")]
    Cron {
        at: Place,
        text: String,
        fault: CronFault,
    },
    #[error("{fault} (at {at})")]
    Rule { at: Place, fault: RuleError },
    #[error("`{word}` at {at} is not a time zone")]
    TimeZone {
        at: Place,
        word: String,
        nearest: Option<String>,
    },
    #[error("`jitter_percent` at {at} is {percent}, more than all of the wait")]
    Jitter { at: Place, percent: u32 },
    #[error("there is no job `{named}`, which `after` at {at} names")]
    UnknownJob {
        at: Place,
        named: String,
        nearest: Option<String>,
    },
    #[error("job `{job}` comes after `{named}` (at {at}), which has no schedule")]
    Unscheduled {
        at: Place,
        job: String,
        named: String,
    },
    #[error("jobs wait for each other: {} -> {} (at {at})", jobs.join(" -> "), jobs[0])]
    Cycle { at: Place, jobs: Vec<String> },
}

impl ScheduleFault {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoTiming { .. } => {
                "add `cron: \"30 6 * * *\"`, `on: 3rd workday after month end` or `after: [job]`"
                    .into()
            }
            Self::TwoTimings { .. } => "keep one of them".into(),
            Self::TimeWithoutDay { .. } => "remove it, or write the time into `cron`".into(),
            Self::TimeOfDay { .. } => "write hours and minutes, such as `06:30`".into(),
            Self::Cron {
                fault: CronFault::Never,
                ..
            } => "name a day that some year has".into(),
            Self::Cron { .. } => {
                "write minute, hour, day, month and day of the week, such as `30 6 * * *`".into()
            }
            Self::Rule { fault, .. } => fault.hint(),
            Self::TimeZone {
                nearest: Some(nearest),
                ..
            }
            | Self::UnknownJob {
                nearest: Some(nearest),
                ..
            } => format!("write `{nearest}`"),
            Self::TimeZone { .. } => "write a name such as `Asia/Shanghai`".into(),
            Self::Jitter { .. } => "write a number from 0 to 100".into(),
            Self::UnknownJob { .. } => "name a job, or `publication`".into(),
            Self::Unscheduled { named, .. } => {
                format!("give `{named}` a schedule, or take it out of `after`")
            }
            Self::Cycle { .. } => "take one of them out of `after`".into(),
        };
        Some(hint)
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        match self {
            Self::NoTiming { at }
            | Self::TwoTimings { at }
            | Self::TimeWithoutDay { at }
            | Self::TimeOfDay { at, .. }
            | Self::Cron { at, .. }
            | Self::Rule { at, .. }
            | Self::TimeZone { at, .. }
            | Self::Jitter { at, .. }
            | Self::UnknownJob { at, .. }
            | Self::Unscheduled { at, .. }
            | Self::Cycle { at, .. } => at,
        }
    }

    /// Always the user's: a schedule is declared.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never: the same files give the same faults.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}
