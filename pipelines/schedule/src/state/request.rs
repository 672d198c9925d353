//! What people ask of a scheduler.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ingest::{Interval, IntervalRun, RunStatus};
use serde::{Deserialize, Serialize};

use super::{Cause, State, Task};
use crate::timing::Due;

/// What somebody asks for. It lies in the lake until the scheduler has done it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Due times of the jobs wait.
    Pause {
        /// The jobs.
        jobs: Vec<String>,
    },
    /// They wait no more; missed ones are made up for as the schedule says.
    Resume {
        /// The jobs.
        jobs: Vec<String>,
    },
    /// The jobs run now, whatever they wait for.
    Run {
        /// The jobs.
        jobs: Vec<String>,
    },
    /// A job runs for intervals of the past.
    Backfill {
        /// The job.
        job: String,
        /// Which.
        intervals: Vec<Interval>,
        /// Run also those that have been loaded before.
        again: bool,
    },
    /// Runs of the jobs that wait are dropped, those under way stopped.
    Cancel {
        /// The jobs.
        jobs: Vec<String>,
    },
}

/// Which intervals of the past are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backfill {
    /// Those that no run was for.
    Missing,
    /// Those whose last run failed.
    Failed,
    /// All, also those that are loaded.
    All,
}

impl Backfill {
    /// The intervals of `dues` that are run, given what has run.
    pub fn choose(self, dues: &[Due], runs: &[IntervalRun]) -> Vec<Interval> {
        // One good run counts, whatever came before and after it; runs come oldest first.
        let mut last: BTreeMap<Interval, RunStatus> = BTreeMap::new();
        for run in runs {
            let status = last.entry(run.interval).or_insert(run.status);
            if run.status == RunStatus::Ok {
                *status = RunStatus::Ok;
            }
        }
        let intervals = dues.iter().map(|due| due.interval);
        let chosen = intervals.filter(|interval| match (self, last.get(interval)) {
            (Backfill::Missing, status) => status.is_none(),
            (Backfill::Failed, status) => status == Some(&RunStatus::Failed),
            (Backfill::All, _) => true,
        });
        chosen.collect()
    }
}

impl State {
    /// Does what is asked for, and answers the jobs whose runs under way shall be stopped.
    /// What is asked of a job that has no schedule any more is gone with the next
    /// [`advance`](Self::advance).
    pub fn apply(&mut self, request: &Request, now: DateTime<Utc>) -> Vec<String> {
        match request {
            Request::Pause { jobs } => self.each(jobs, |job| job.is_paused = true),
            Request::Resume { jobs } => self.each(jobs, |job| job.is_paused = false),
            Request::Run { jobs } => {
                for job in jobs {
                    self.add_task(job, Task::new(now, None, Cause::Asked));
                }
            }
            Request::Backfill {
                job,
                intervals,
                again,
            } => {
                for interval in intervals {
                    let mut task = Task::new(interval.to, Some(*interval), Cause::Backfill);
                    task.again = *again;
                    self.add_task(job, task);
                }
            }
            Request::Cancel { jobs } => {
                self.each(jobs, |job| job.tasks.retain(|task| task.is_running));
                let is_running =
                    |job: &&String| self.jobs.get(*job).is_some_and(|job| !job.tasks.is_empty());
                return jobs.iter().filter(is_running).cloned().collect();
            }
        }
        Vec::new()
    }

    fn each(&mut self, jobs: &[String], mut change: impl FnMut(&mut super::JobState)) {
        for name in jobs {
            if let Some(job) = self.jobs.get_mut(name) {
                change(job);
            }
        }
    }
}
