//! Time goes on: due times become tasks.

use chrono::{DateTime, TimeDelta, Utc};
use ingest::Interval;
use ingest::job::CatchUp;

use super::{Cause, State, Task};
use crate::declared::{Schedule, Schedules};
use crate::timing::{Due, Timing};
use crate::workdays::{CalendarGap, Workdays};

/// A due time this young is not missed: a scheduler that takes over from another one finds it.
const ON_TIME: TimeDelta = TimeDelta::minutes(5);

/// Due times of one job that become tasks at once; what is beyond follows the next time.
const AT_ONCE: usize = 10_000;

/// The newest publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicationSeen {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// A job whose due times cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The job.
    pub job: String,
    /// Why.
    pub gap: CalendarGap,
}

impl State {
    /// Makes tasks of everything that became due until `now`. A job seen for the first time is due
    /// from now on: its past is asked for by a backfill.
    pub fn advance(
        &mut self,
        schedules: &Schedules,
        workdays: &Workdays,
        publication: Option<PublicationSeen>,
        now: DateTime<Utc>,
    ) -> Vec<Notice> {
        self.jobs.retain(|job, _| schedules.get(job).is_some());
        let mut notices = Vec::new();
        for schedule in schedules.iter() {
            let job = self.jobs.entry(schedule.job.clone()).or_default();
            if job.seen_until.is_none() {
                job.seen_until = Some(now);
                job.seen_publication = publication.map_or(0, |publication| publication.number);
            }
            if job.is_paused {
                continue;
            }
            let Some(timing) = &schedule.timing else {
                self.advance_after(schedule, publication);
                continue;
            };
            if let Err(gap) = self.advance_timed(schedule, timing, workdays, now) {
                let job = schedule.job.clone();
                notices.push(Notice { job, gap });
            }
        }
        notices
    }

    fn advance_timed(
        &mut self,
        schedule: &Schedule,
        timing: &Timing,
        workdays: &Workdays,
        now: DateTime<Utc>,
    ) -> Result<(), CalendarGap> {
        let job = self.jobs.entry(schedule.job.clone()).or_default();
        let since = job.seen_until.unwrap_or(now);
        // A clock that was put back has nothing to tell until it is where it was.
        if now <= since {
            return Ok(());
        }
        let mut seen_until = now;
        let dues: Vec<Due> = match schedule.catch_up {
            CatchUp::All => {
                let dues = timing.dues(workdays, since, now, AT_ONCE)?;
                if let (AT_ONCE, Some(last)) = (dues.len(), dues.last()) {
                    seen_until = last.at;
                }
                dues
            }
            CatchUp::Latest => timing.newest(workdays, since, now)?.into_iter().collect(),
            CatchUp::None => {
                let young = timing.newest(workdays, since.max(now - ON_TIME), now)?;
                young.into_iter().collect()
            }
        };
        job.seen_until = Some(seen_until);
        if schedule.catch_up != CatchUp::All && !dues.is_empty() {
            // The newer one does what these would have done.
            job.tasks
                .retain(|task| task.is_running || task.cause != Cause::Due);
        }
        for due in dues {
            let task = Task::new(due.at, Some(due.interval), Cause::Due);
            self.add_task(&schedule.job, task);
        }
        Ok(())
    }

    /// A job without due times of its own is due when all that it comes after has happened again.
    fn advance_after(&mut self, schedule: &Schedule, publication: Option<PublicationSeen>) {
        let Some(job) = self.jobs.get(&schedule.job) else {
            return;
        };
        let Some(since) = job.seen_until else { return };
        let mut happened = Vec::new();
        for other in &schedule.after {
            let last = self.jobs.get(other).and_then(|job| job.last_ok.as_ref());
            happened.push(last.map(|ended| ended.at).filter(|at| *at > since));
        }
        if schedule.after_publication {
            let newer = publication.filter(|newest| newest.number > job.seen_publication);
            happened.push(newer.map(|newest| newest.at.max(since)));
        }
        let all: Option<Vec<DateTime<Utc>>> = happened.into_iter().collect();
        let Some(due) = all.and_then(|all| all.into_iter().max()) else {
            return;
        };
        let Some(job) = self.jobs.get_mut(&schedule.job) else {
            return;
        };
        job.seen_until = Some(due);
        if let Some(publication) = publication {
            job.seen_publication = publication.number;
        }
        let mut waiting = job.tasks.iter_mut();
        let waiting = waiting.find(|task| task.cause == Cause::After && !task.is_running);
        match waiting {
            // One run does for both.
            Some(task) => {
                task.due = due;
                if let Some(interval) = &mut task.interval {
                    interval.to = due;
                }
            }
            None => {
                let interval = Interval::new(since, due);
                self.add_task(&schedule.job, Task::new(due, interval, Cause::After));
            }
        }
    }
}
