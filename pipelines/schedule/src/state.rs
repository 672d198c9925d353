//! What the scheduler knows: which runs wait, which are under way, what became of the last ones.
//!
//! A state changes by five things, and by nothing else: time goes on ([`State::advance`]), a run
//! begins ([`State::start`]), a run ends ([`State::finish`]), somebody asks for something
//! ([`State::apply`]), and the models are built ([`Build`]). All of them are pure: clock, calendar and
//! randomness are arguments. Whoever holds the lease keeps the state in the lake; see [`crate::store`]
//! for where and in which form.

mod advance;
mod build;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::Retry;
use ingest::Interval;
use serde::{Deserialize, Serialize};

use crate::declared::{Schedule, Schedules};

pub use advance::{Notice, PublicationSeen};
pub use build::Build;
pub use request::{Backfill, Request};

/// What the scheduler knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What it knows of each job that has a schedule.
    pub jobs: BTreeMap<String, JobState>,
    /// The models' build.
    #[serde(default)]
    pub build: Build,
    /// The number of the next task.
    next_task: u64,
    /// The requests that were done and may still lie in the lake.
    #[serde(default)]
    pub(crate) applied: BTreeSet<String>,
}

/// What the scheduler knows of one job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JobState {
    /// Due times up to this one, and with it, are tasks or have been passed over.
    pub seen_until: Option<DateTime<Utc>>,
    /// The newest publication when the job was last due.
    #[serde(default)]
    pub seen_publication: u64,
    /// Whether due times wait until it is resumed.
    #[serde(default)]
    pub is_paused: bool,
    /// Runs that wait or are under way.
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// The run that ended last.
    #[serde(default)]
    pub last: Option<Ended>,
    /// The run that ended last and went well.
    #[serde(default)]
    pub last_ok: Option<Ended>,
}

/// A run that waits or is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its number, for as long as the state lives.
    pub id: u64,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// What it is for; none for a run that was asked for as such.
    pub interval: Option<Interval>,
    /// Why it is there.
    pub cause: Cause,
    /// Whether it runs also when the interval has been loaded before.
    #[serde(default)]
    pub again: bool,
    /// How often it has failed.
    #[serde(default)]
    pub failures: u32,
    /// It does not begin before.
    pub not_before: DateTime<Utc>,
    /// Whether it is under way.
    #[serde(default)]
    pub is_running: bool,
}

/// Why a task is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Its time came.
    Due,
    /// What it comes after has run.
    After,
    /// Somebody asked for a run.
    Asked,
    /// Somebody asked for a stretch of the past.
    Backfill,
}

/// A run that has ended for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// When it was due.
    pub due: DateTime<Utc>,
    /// What it was for.
    pub interval: Option<Interval>,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether it went well.
    pub is_ok: bool,
    /// The run in `ops.run`, when it came as far.
    pub run_id: Option<String>,
    /// What there is to tell.
    pub message: Option<String>,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The run in `ops.run`, when it came as far.
    pub run_id: Option<String>,
    /// Whether it has committed.
    pub has_committed: bool,
    /// What there is to tell.
    pub message: Option<String>,
    /// How it ended.
    pub end: End,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Well.
    Ok,
    /// It failed, and trying again can help or not.
    Failed(Retry),
    /// Somebody cancelled it.
    Cancelled,
    /// This scheduler stops, or has lost its lease: the run waits for whoever comes.
    Interrupted,
}

/// What follows from the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it is over.
    Over,
    /// It is tried again.
    TryAgain {
        /// Not before.
        at: DateTime<Utc>,
    },
    /// It waits for the next scheduler.
    Waits,
}

/// A task that begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The job.
    pub job: String,
    /// The task.
    pub task: Task,
}

impl State {
    /// Begins the tasks that can begin now, at most so many that `capacity` run at once, and answers
    /// them. Older ones come first, and the past that was asked for comes behind what is due.
    pub fn start(
        &mut self,
        schedules: &Schedules,
        publication: Option<PublicationSeen>,
        capacity: usize,
        now: DateTime<Utc>,
    ) -> Vec<Start> {
        let mut waiting: Vec<(bool, DateTime<Utc>, String, u64)> = Vec::new();
        let mut groups = BTreeSet::new();
        let mut running = 0;
        for schedule in schedules.iter() {
            let tasks = self.jobs.get(&schedule.job).map(|job| &job.tasks);
            for task in tasks.into_iter().flatten() {
                if task.is_running {
                    running += 1;
                    groups.insert(schedule.group.clone());
                } else if task.not_before <= now {
                    let is_past = task.cause == Cause::Backfill;
                    waiting.push((is_past, task.due, schedule.job.clone(), task.id));
                }
            }
        }
        waiting.sort();
        let mut starts = Vec::new();
        for (_, _, job, id) in waiting {
            if running >= capacity {
                break;
            }
            let Some(schedule) = schedules.get(&job) else {
                continue;
            };
            if groups.contains(&schedule.group)
                || self.waits_for(schedule, id, publication).is_some()
            {
                continue;
            }
            let Some(task) = self.task_mut(&job, id) else {
                continue;
            };
            task.is_running = true;
            starts.push(Start {
                task: task.clone(),
                job: job.clone(),
            });
            groups.insert(schedule.group.clone());
            running += 1;
            let seen = publication.map_or(0, |publication| publication.number);
            if let Some(state) = self.jobs.get_mut(&job) {
                state.seen_publication = seen;
            }
        }
        starts
    }

    /// What a task of a job waits for, beside its time and its group: the job is paused, or a job it
    /// comes after has not run well yet. What people ask for waits for nothing.
    pub fn waits_for(
        &self,
        schedule: &Schedule,
        id: u64,
        publication: Option<PublicationSeen>,
    ) -> Option<String> {
        let job = self.jobs.get(&schedule.job)?;
        let task = job.tasks.iter().find(|task| task.id == id)?;
        if !matches!(task.cause, Cause::Due | Cause::After) {
            return None;
        }
        if job.is_paused {
            return Some("paused".to_owned());
        }
        if task.cause == Cause::After {
            return None;
        }
        for other in &schedule.after {
            let upstream = self.jobs.get(other)?;
            let is_open = upstream.tasks.iter().any(|open| open.due <= task.due);
            let last = upstream.last.as_ref();
            let has_failed = last.is_some_and(|last| !last.is_ok && last.due <= task.due);
            if is_open || has_failed {
                return Some(format!("waits for {other}"));
            }
        }
        let newest = publication.map_or(0, |publication| publication.number);
        let is_new = !schedule.after_publication || newest > job.seen_publication;
        (!is_new).then(|| "waits for a publication".to_owned())
    }

    /// Takes in what came of a task; `random` is from 0 up to 1.
    pub fn finish(
        &mut self,
        schedule: &Schedule,
        id: u64,
        outcome: &Outcome,
        random: f64,
        now: DateTime<Utc>,
    ) -> Next {
        if outcome.has_committed {
            self.build.committed(now);
        }
        let Some(task) = self.task_mut(&schedule.job, id) else {
            return Next::Over;
        };
        task.is_running = false;
        let is_ok = match outcome.end {
            End::Ok => true,
            End::Cancelled => false,
            End::Interrupted => return Next::Waits,
            End::Failed(hint) => {
                task.failures += 1;
                if let Some(wait) = schedule.retries.wait(task.failures, hint, random) {
                    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
                    let at = now.checked_add_signed(wait).unwrap_or(now);
                    task.not_before = at;
                    return Next::TryAgain { at };
                }
                false
            }
        };
        let ended = Ended {
            due: task.due,
            interval: task.interval,
            at: now,
            is_ok,
            run_id: outcome.run_id.clone(),
            message: outcome.message.clone(),
        };
        if let Some(job) = self.jobs.get_mut(&schedule.job) {
            job.tasks.retain(|task| task.id != id);
            if is_ok {
                job.last_ok = Some(ended.clone());
            }
            job.last = Some(ended);
        }
        Next::Over
    }

    /// What another scheduler had under way waits again: it is known to run no more, and whether it
    /// has committed the ledger says.
    pub fn take_over(&mut self, now: DateTime<Utc>) {
        for task in self.jobs.values_mut().flat_map(|job| &mut job.tasks) {
            if task.is_running {
                task.is_running = false;
                // A run that stopped between its commit and its end in this state changed its table.
                self.build.wanted_since.get_or_insert(now);
            }
        }
        if self.build.is_running {
            self.build.is_running = false;
            self.build.wanted_since.get_or_insert(now);
        }
    }

    /// Whether a task runs, or could begin now if there was room.
    pub fn is_busy(
        &self,
        schedules: &Schedules,
        publication: Option<PublicationSeen>,
        now: DateTime<Utc>,
    ) -> bool {
        schedules.iter().any(|schedule| {
            let tasks = self.jobs.get(&schedule.job).map(|job| &job.tasks);
            tasks.into_iter().flatten().any(|task| {
                let can_begin = task.not_before <= now
                    && self.waits_for(schedule, task.id, publication).is_none();
                task.is_running || can_begin
            })
        })
    }

    fn task_mut(&mut self, job: &str, id: u64) -> Option<&mut Task> {
        let tasks = &mut self.jobs.get_mut(job)?.tasks;
        tasks.iter_mut().find(|task| task.id == id)
    }

    /// A task that waits from now on.
    fn add_task(&mut self, job: &str, mut task: Task) {
        task.id = self.next_task;
        self.next_task += 1;
        self.jobs
            .entry(job.to_owned())
            .or_default()
            .tasks
            .push(task);
    }
}

impl Task {
    /// A task that can begin at once; it has no number yet.
    fn new(due: DateTime<Utc>, interval: Option<Interval>, cause: Cause) -> Task {
        Task {
            id: 0,
            due,
            interval,
            cause,
            again: false,
            failures: 0,
            not_before: due,
            is_running: false,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
