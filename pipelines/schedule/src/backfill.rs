//! Backfills: which intervals of the past a job is run for.

use chrono::{DateTime, Utc};
use ingest::Interval;
use warehouse::Warehouse;

use crate::declared::Schedule;
use crate::error::ScheduleError;
use crate::state::Backfill;
use crate::workdays::Workdays;

/// The intervals between `from` and `to` that `schedule` was due for by `now`, and of which `which`
/// says that they are run; what has run is read from the ledger.
///
/// # Errors
/// The job has no due times of its own; the calendar lacks a day; the lake fails.
pub async fn backfill(
    warehouse: &Warehouse,
    schedule: &Schedule,
    workdays: &Workdays,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    which: Backfill,
    now: DateTime<Utc>,
) -> Result<Vec<Interval>, ScheduleError> {
    let job = schedule.job.clone();
    let Some(timing) = &schedule.timing else {
        return Err(ScheduleError::NoTimes { job });
    };
    let dues = timing.within(workdays, from, to, now);
    let dues = dues.map_err(|source| ScheduleError::Due {
        job: job.clone(),
        source,
    })?;
    let runs = ingest::interval_runs(warehouse, &job).await?;
    Ok(which.choose(&dues, &runs))
}
