//! Schedule: when jobs are due, who runs them, what is made up for.
//!
//! From what is pure to what is not:
//!
//! - [`Workdays`], [`DayRule`], [`Timing`]: (timing, calendar, from, to) gives due times;
//! - [`Schedules`]: what jobs declare under `schedule:`, with all faults at once;
//! - [`State`]: which runs wait, begin, are tried again; clock and randomness are arguments;
//! - [`foresee`]: what would run in a stretch of time;
//! - [`ScheduleStore`], [`lease`]: where the state is kept in the lake, and who may change it;
//! - [`Scheduler`]: the loop around all that, and [`Work`], what it has done for it.
//!
//! Whether a job has run for an interval is not this crate's knowledge: the ledger says it (`ingest`).
//! The state here is a plan that may be lost or outdated without a run being lost or counted twice.
//!
//! Not here on purpose: how a job runs (`ingest`), how models are built (`transform`), what is printed.

pub mod lease;

mod backfill;
mod calendar_table;
mod declared;
mod error;
mod fault;
mod preview;
mod retries;
mod rule;
mod scheduler;
mod state;
mod store;
mod timing;
mod work;
mod workdays;

pub use backfill::backfill;
pub use declared::{Schedule, Schedules};
pub use error::ScheduleError;
pub use fault::ScheduleFault;
pub use preview::{Foreseen, foresee};
pub use retries::Retries;
pub use rule::{DayRule, Kind, Period, Place, RuleDay, RuleError, Which};
pub use scheduler::{Event, Observer, Scheduler, SchedulerOptions};
pub use state::{
    Backfill, Build, Cause, End, Ended, JobState, Next, Notice, Outcome, PublicationSeen, Request,
    Start, State, Task,
};
pub use store::ScheduleStore;
pub use timing::{CronFault, Due, Timing};
pub use work::{Clock, LakeWork, Work};
pub use workdays::{CalendarFault, CalendarGap, Workdays};
