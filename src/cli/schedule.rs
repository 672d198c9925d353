//! What `jieyue schedule` may be given.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use ingest::Interval;

/// Arguments of `jieyue schedule`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Example:  jieyue schedule --data /exports
          jieyue schedule --dry-run --from 2026-12-01 --to 2027-01-01
          jieyue schedule backfill energy.monthly_2025 --from 2026-01-01 --to 2026-07-01
Runs:     the jobs whose file has a `schedule:`, each when it is due; then builds and publishes what
          stands on them. Until it is stopped by Ctrl-C or SIGTERM
Several:  of all schedulers on a lake one works; another one takes over when it is gone
Prints:   a line when a run begins and ends; --format json one object a line
Changes:  schedules are read when it starts"
)]
pub struct Schedule {
    #[command(subcommand)]
    pub verb: Option<ScheduleVerb>,
    /// Print what would run between --from and --to, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: from this day or moment on (default: now)
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "dry_run")]
    pub from: Option<DateTime<Utc>>,
    /// With --dry-run: until before this day or moment (default: a week later)
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "dry_run")]
    pub to: Option<DateTime<Utc>>,
    /// Jobs that run at once
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parallel)]
    pub parallel: u16,
    /// Take over from a scheduler that has not been heard of for so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = expiry)]
    pub take_over_after: Duration,
}

/// The verbs of `jieyue schedule`.
#[derive(Debug, Subcommand)]
pub enum ScheduleVerb {
    /// List the jobs that have a schedule: when they are due next, what waits, what became of the last run
    List,
    /// Let due times of jobs wait
    Pause(ScheduledJobs),
    /// Let them come again; missed ones are made up for as the schedule says
    Resume(ScheduledJobs),
    /// Run jobs now
    Run(ScheduledJobs),
    /// Run a job for a stretch of the past
    Backfill(ScheduleBackfill),
    /// Drop the runs of jobs that wait, and stop those under way
    Cancel(ScheduledJobs),
}

/// Jobs that have a schedule.
#[derive(Debug, Args)]
#[command(after_help = "\
Does:     the scheduler does it within seconds; without one, the next one does
Shows:    jieyue schedule list")]
pub struct ScheduledJobs {
    /// The jobs, such as energy.meter or energy.*
    #[arg(required = true, value_name = "JOB")]
    pub jobs: Vec<String>,
}

/// Arguments of `jieyue schedule backfill`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue schedule backfill energy.monthly_2025 --from 2026-01-01 --to 2026-07-01 --only failed
Runs:     the intervals of the job's schedule that lie between FROM and TO, oldest first, behind what
          is due
Prints:   the intervals")]
pub struct ScheduleBackfill {
    /// The job
    pub job: String,
    /// The first day or moment
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: DateTime<Utc>,
    /// The day or moment after the last
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: DateTime<Utc>,
    /// Which intervals: those no run was for, those whose runs failed, or all
    #[arg(long, value_enum, default_value_t = Only::Missing)]
    pub only: Only,
    /// Print the intervals, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which intervals of the past are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    // No documentation: see `Format`.
    Missing,
    Failed,
    All,
}

impl Default for Schedule {
    /// What is done when nothing is said.
    fn default() -> Self {
        Schedule {
            verb: None,
            dry_run: false,
            from: None,
            to: None,
            parallel: 2,
            take_over_after: Duration::from_secs(30),
        }
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    Interval::moment(text).ok_or_else(|| {
        "write a day or a moment with its offset, such as 2026-12-01 or 2026-12-01T06:30:00+08:00"
            .to_owned()
    })
}

fn parallel(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| (1..=64).contains(number));
    number.ok_or_else(|| "write a number from 1 to 64".to_owned())
}

fn expiry(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (2..=3600).contains(seconds));
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "write a number of seconds from 2 to 3600".to_owned())
}
