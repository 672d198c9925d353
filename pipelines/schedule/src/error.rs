//! Why scheduling failed.

use std::fmt::Display;

use contracts::{Fault, Retry};
use ingest::IngestError;
use warehouse::WarehouseError;

use crate::workdays::{CalendarFault, CalendarGap};

/// Why scheduling failed: what and where; [`hint`](Self::hint) says how to mend it.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum ScheduleError {
    #[error("cannot read `{what}` of the schedule")]
    Read {
        what: String,
        source: object_store::Error,
    },
    #[error("cannot write `{what}` of the schedule")]
    Write {
        what: String,
        source: object_store::Error,
    },
    #[error("cannot understand `{what}` of the schedule")]
    Unreadable {
        what: String,
        source: serde_json::Error,
    },
    #[error("the lease {epoch} was taken over by lease {newest}")]
    LeaseLost { epoch: u64, newest: u64 },
    #[error(transparent)]
    Calendar(#[from] CalendarFault),
    #[error("cannot tell when job `{job}` is due")]
    Due { job: String, source: CalendarGap },
    #[error("job `{job}` has no due times of its own to make up for")]
    NoTimes { job: String },
    #[error("job `{job}` has no schedule")]
    Unscheduled {
        job: String,
        nearest: Option<String>,
    },
    #[error(transparent)]
    Ingest(Box<IngestError>),
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
}

impl From<IngestError> for ScheduleError {
    fn from(error: IngestError) -> ScheduleError {
        ScheduleError::Ingest(Box::new(error))
    }
}

impl ScheduleError {
    pub(crate) fn read(what: impl Display, source: object_store::Error) -> ScheduleError {
        ScheduleError::Read {
            what: what.to_string(),
            source,
        }
    }

    pub(crate) fn write(what: impl Display, source: object_store::Error) -> ScheduleError {
        ScheduleError::Write {
            what: what.to_string(),
            source,
        }
    }

    /// How to mend it, when that can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } | Self::Write { .. } => {
                Some("look whether the lake is reachable, and whether it may be written".to_owned())
            }
            Self::Unreadable { .. } => {
                Some("another version of this program may have written it; use that one".to_owned())
            }
            Self::LeaseLost { .. } => Some("the other scheduler does the work now".to_owned()),
            Self::Calendar(fault) => Some(fault.hint()),
            Self::Due { source, .. } => Some(source.hint()),
            Self::NoTimes { .. } => {
                Some("name a job with `cron` or `on`; the others follow it".to_owned())
            }
            Self::Unscheduled {
                nearest: Some(nearest),
                ..
            } => Some(format!("write `{nearest}`")),
            Self::Unscheduled { .. } => {
                Some("give it a `schedule:` in its file, or run it with `jieyue run`".to_owned())
            }
            Self::Ingest(error) => error.hint(),
            Self::Warehouse(error) => error.hint(),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::LeaseLost { .. } => Fault::External,
            Self::Unreadable { .. } => Fault::External,
            Self::Calendar(_)
            | Self::Due { .. }
            | Self::NoTimes { .. }
            | Self::Unscheduled { .. } => Fault::User,
            Self::Ingest(error) => error.fault(),
            Self::Warehouse(error) => error.fault(),
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Read { .. } | Self::Write { .. } => Retry::Later,
            Self::Ingest(error) => error.retry(),
            Self::Warehouse(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}
