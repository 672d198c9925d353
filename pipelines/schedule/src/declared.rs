//! Schedules as jobs declare them, every part valid.
//!
//! `ingest` knows the shape of the text; what it means is read here. All faults of all jobs are told at
//! once, each with its place.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveTime;
use chrono_tz::Tz;
use contracts::Place;
use contracts::text::nearest;
use contracts::yaml::At;
use ingest::job::{CatchUp, Job, Jobs, RetriesFile, ScheduleFile};

use crate::error::ScheduleError;
use crate::fault::ScheduleFault;
use crate::retries::Retries;
use crate::timing::Timing;

/// The word that stands for a new publication among what a job comes after.
const PUBLICATION: &str = "publication";

/// How long a run may take when its job does not say.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// The schedules of all jobs that have one, by the job's name.
#[derive(Debug, Clone, Default)]
pub struct Schedules {
    by_job: BTreeMap<String, Schedule>,
}

/// When one job runs by itself.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The job.
    pub job: String,
    /// When it is due; none when it runs whenever what it comes after has run.
    pub timing: Option<Timing>,
    /// The timing as it is written, for people.
    pub described: String,
    /// Which missed due times are made up for.
    pub catch_up: CatchUp,
    /// The jobs that must have run first.
    pub after: Vec<String>,
    /// Whether there must be a new publication first.
    pub after_publication: bool,
    /// How long a run may take.
    pub timeout: Duration,
    /// How often and when a failed run is tried again.
    pub retries: Retries,
    /// Of the jobs of one group one runs at a time.
    pub group: String,
}

impl Schedules {
    /// Reads the schedules of `jobs`.
    ///
    /// # Errors
    /// Every fault of every schedule, in the order of path and line.
    pub fn parse(jobs: &Jobs) -> Result<Schedules, Vec<ScheduleFault>> {
        let mut faults = Vec::new();
        let mut schedules = Schedules::default();
        let mut after = BTreeMap::new();
        for job in jobs.iter() {
            let Some(file) = &job.schedule else { continue };
            let mut reader = Reader {
                file: Arc::from(job.path.as_str()),
                faults: Vec::new(),
            };
            let schedule = reader.schedule(job, file, jobs);
            faults.append(&mut reader.faults);
            after.insert(job.name.as_str(), (reader.file, &file.value.after));
            schedules.by_job.insert(schedule.job.clone(), schedule);
        }
        faults.extend(cycles(&after));
        faults.sort_by(|a, b| a.place().cmp(b.place()));
        match faults.is_empty() {
            true => Ok(schedules),
            false => Err(faults),
        }
    }

    /// The schedule of `job`.
    pub fn get(&self, job: &str) -> Option<&Schedule> {
        self.by_job.get(job)
    }

    /// The schedule of `job`.
    ///
    /// # Errors
    /// [`ScheduleError::Unscheduled`] with the nearest name.
    pub fn require(&self, job: &str) -> Result<&Schedule, ScheduleError> {
        self.get(job).ok_or_else(|| ScheduleError::Unscheduled {
            job: job.to_owned(),
            nearest: nearest(job, self.by_job.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    /// All of them, in the order of the jobs' names.
    pub fn iter(&self) -> impl Iterator<Item = &Schedule> {
        self.by_job.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_job.len()
    }

    /// Whether no job has a schedule.
    pub fn is_empty(&self) -> bool {
        self.by_job.is_empty()
    }
}

struct Reader {
    file: Arc<str>,
    faults: Vec<ScheduleFault>,
}

impl Reader {
    fn schedule(&mut self, job: &Job, file: &At<ScheduleFile>, jobs: &Jobs) -> Schedule {
        let name = job.name.as_str();
        let zone = self.zone(file.time_zone.as_ref());
        let timing = self.timing(file, zone);
        let (publication, after): (Vec<_>, Vec<_>) = file
            .after
            .iter()
            .partition(|after| after.value == PUBLICATION);
        for other in &after {
            self.upstream(name, other, jobs);
        }
        Schedule {
            job: name.to_owned(),
            timing,
            described: described(file),
            catch_up: file.catch_up,
            after: after.into_iter().map(|after| after.value.clone()).collect(),
            after_publication: !publication.is_empty(),
            timeout: file.timeout.map_or(TIMEOUT, |wait| wait.duration()),
            retries: self.retries(&file.retries),
            group: match &file.group {
                Some(group) => group.value.clone(),
                None => name.split('.').next().unwrap_or(name).to_owned(),
            },
        }
    }

    fn zone(&mut self, word: Option<&At<String>>) -> Tz {
        let Some(word) = word else {
            return Tz::Asia__Shanghai;
        };
        word.parse().unwrap_or_else(|_| {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            self.faults.push(ScheduleFault::TimeZone {
                at: self.at(word),
                word: word.value.clone(),
                nearest: nearest(word, names).map(str::to_owned),
            });
            Tz::Asia__Shanghai
        })
    }

    fn timing(&mut self, file: &At<ScheduleFile>, zone: Tz) -> Option<Timing> {
        if let (Some(at), None) = (&file.at, &file.on) {
            let at = self.at(at);
            self.faults.push(ScheduleFault::TimeWithoutDay { at });
        }
        match (&file.cron, &file.on) {
            (Some(cron), Some(_)) => {
                let at = self.at(cron);
                self.faults.push(ScheduleFault::TwoTimings { at });
                None
            }
            (Some(cron), None) => Timing::cron(cron, zone)
                .map_err(|fault| {
                    self.faults.push(ScheduleFault::Cron {
                        at: self.at(cron),
                        text: cron.value.clone(),
                        fault,
                    });
                })
                .ok(),
            (None, Some(on)) => {
                let time = self.time(file.at.as_ref());
                let rule = on.parse().map_err(|fault| {
                    let at = self.at(on);
                    self.faults.push(ScheduleFault::Rule { at, fault });
                });
                Some(Timing::rule(rule.ok()?, time?, zone))
            }
            (None, None) => {
                if file.after.is_empty() {
                    let at = self.at(file);
                    self.faults.push(ScheduleFault::NoTiming { at });
                }
                None
            }
        }
    }

    fn time(&mut self, word: Option<&At<String>>) -> Option<NaiveTime> {
        let Some(word) = word else {
            return NaiveTime::from_hms_opt(6, 30, 0);
        };
        let time = NaiveTime::parse_from_str(word, "%H:%M");
        let refused = |_| {
            self.faults.push(ScheduleFault::TimeOfDay {
                at: self.at(word),
                word: word.value.clone(),
            });
        };
        time.map_err(refused).ok()
    }

    fn retries(&mut self, file: &RetriesFile) -> Retries {
        let mut retries = Retries::default();
        if let Some(count) = file.count {
            retries.count = count;
        }
        if let Some(base) = file.base {
            retries.base = base.duration();
        }
        if let Some(cap) = file.cap {
            retries.cap = cap.duration();
        }
        if let Some(jitter) = &file.jitter_percent {
            retries.jitter_percent = jitter.value.min(100);
            if jitter.value > 100 {
                let (at, percent) = (self.at(jitter), jitter.value);
                self.faults.push(ScheduleFault::Jitter { at, percent });
            }
        }
        retries
    }

    /// Refuses a job to come after that never runs by itself.
    fn upstream(&mut self, job: &str, after: &At<String>, jobs: &Jobs) {
        let (at, named) = (self.at(after), after.value.clone());
        match jobs.get(after) {
            None => {
                let names = jobs.iter().map(|job| job.name.as_str());
                self.faults.push(ScheduleFault::UnknownJob {
                    at,
                    nearest: nearest(after, names.chain([PUBLICATION])).map(str::to_owned),
                    named,
                });
            }
            Some(other) if other.schedule.is_none() => {
                self.faults.push(ScheduleFault::Unscheduled {
                    at,
                    job: job.to_owned(),
                    named,
                });
            }
            Some(_) => {}
        }
    }

    fn at<T>(&self, at: &At<T>) -> Place {
        Place::new(Arc::clone(&self.file), at.line)
    }
}

/// Jobs that wait for each other, each cycle told once.
fn cycles(after: &BTreeMap<&str, (Arc<str>, &Vec<At<String>>)>) -> Vec<ScheduleFault> {
    let mut faults: Vec<ScheduleFault> = Vec::new();
    let mut settled: Vec<&str> = Vec::new();
    for job in after.keys() {
        let mut path = Vec::new();
        follow(job, after, &mut path, &mut settled, &mut faults);
    }
    faults
}

fn follow<'a>(
    job: &'a str,
    after: &BTreeMap<&'a str, (Arc<str>, &'a Vec<At<String>>)>,
    path: &mut Vec<&'a str>,
    settled: &mut Vec<&'a str>,
    faults: &mut Vec<ScheduleFault>,
) {
    let Some((file, others)) = after.get(job) else {
        return;
    };
    if settled.contains(&job) {
        return;
    }
    path.push(job);
    for other in others.iter() {
        match path.iter().position(|earlier| *earlier == other.value) {
            Some(begin) => faults.push(ScheduleFault::Cycle {
                at: Place::new(Arc::clone(file), other.line),
                jobs: path[begin..].iter().map(|job| (*job).to_owned()).collect(),
            }),
            None => follow(&other.value, after, path, settled, faults),
        }
    }
    path.pop();
    settled.push(job);
}

/// The timing in words: `cron 30 6 * * *`, `workday after month end at 08:00, after energy.meter`.
fn described(file: &ScheduleFile) -> String {
    let mut parts = Vec::new();
    if let Some(cron) = &file.cron {
        parts.push(format!("cron {}", cron.value));
    }
    if let Some(on) = &file.on {
        let at = file.at.as_ref().map_or("06:30", |at| at.value.as_str());
        parts.push(format!("{} at {at}", on.value));
    }
    if !file.after.is_empty() {
        let after: Vec<&str> = file.after.iter().map(|at| at.value.as_str()).collect();
        parts.push(format!("after {}", after.join(", ")));
    }
    let zone = file.time_zone.as_ref();
    parts.extend(zone.map(|zone| format!("in {}", zone.value)));
    parts.join(", ")
}

#[cfg(test)]
mod tests;
