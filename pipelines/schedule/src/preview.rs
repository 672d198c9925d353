//! What would run in a stretch of time, if every run went well at once.
//!
//! Nothing is computed here that the scheduler does not compute: its own state is led through every due
//! time of the stretch, with runs and builds that take no time.

use chrono::{DateTime, TimeDelta, Utc};
use ingest::Interval;
use serde::Serialize;

use crate::declared::Schedules;
use crate::error::ScheduleError;
use crate::state::{Cause, End, Outcome, PublicationSeen, State, Task};
use crate::workdays::Workdays;

/// A run that would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foreseen {
    /// When it is due.
    pub due: DateTime<Utc>,
    /// The job.
    pub job: String,
    /// What it is for.
    pub interval: Option<Interval>,
    /// Why it is there.
    pub cause: Cause,
}

/// The runs that are due from `from` on until before `to`, in order.
///
/// # Errors
/// The calendar has no row of a day that decides about one of them.
pub fn foresee(
    schedules: &Schedules,
    workdays: &Workdays,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Foreseen>, ScheduleError> {
    let before = from - TimeDelta::milliseconds(1);
    let mut publication = PublicationSeen {
        number: 1,
        at: before,
    };
    let mut state = State::default();
    state.advance(schedules, workdays, Some(publication), before);
    let mut foreseen = Vec::new();
    let mut last = before;
    while let Some(now) = next(schedules, workdays, last, to)? {
        // Runs first, then what follows their publication, which itself makes no other one.
        for is_published in [false, true] {
            if is_published {
                publication.number += 1;
                publication.at = now;
            }
            loop {
                state.advance(schedules, workdays, Some(publication), now);
                let starts = state.start(schedules, Some(publication), usize::MAX, now);
                if starts.is_empty() {
                    break;
                }
                for start in starts {
                    foreseen.push(Foreseen {
                        due: start.task.due,
                        job: start.job.clone(),
                        // What follows others is for the time since its last run, which for the first
                        // of them is not in this stretch.
                        interval: start
                            .task
                            .interval
                            .filter(|of| !is_after(&start.task) || of.from >= from),
                        cause: start.task.cause,
                    });
                    if let Some(schedule) = schedules.get(&start.job) {
                        state.finish(schedule, start.task.id, &WELL, 0.0, now);
                    }
                }
            }
        }
        last = now;
    }
    Ok(foreseen)
}

fn is_after(task: &Task) -> bool {
    task.cause == Cause::After
}

const WELL: Outcome = Outcome {
    run_id: None,
    has_committed: true,
    message: None,
    end: End::Ok,
};

/// The first due time of any job after `last` and before `to`.
fn next(
    schedules: &Schedules,
    workdays: &Workdays,
    last: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, ScheduleError> {
    let until = to - TimeDelta::milliseconds(1);
    let mut first: Option<DateTime<Utc>> = None;
    for schedule in schedules.iter() {
        let Some(timing) = &schedule.timing else {
            continue;
        };
        let until = first.map_or(until, |first| first.min(until));
        let dues = timing.dues(workdays, last, until, 1);
        let dues = dues.map_err(|source| ScheduleError::Due {
            job: schedule.job.clone(),
            source,
        })?;
        first = dues.first().map(|due| due.at).or(first);
    }
    Ok(first)
}
