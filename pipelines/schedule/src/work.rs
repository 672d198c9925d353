//! What a scheduler has done for it: jobs run, models built and published.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use contracts::Retry;
use ingest::job::Jobs;
use ingest::{IngestError, Limits, RunOptions, RunReport, RunStatus};
use models::Models;
use transform::{BuildOptions, PublishOptions, TransformError};
use warehouse::Warehouse;
use warehouse::progress::Silent;

use crate::error::ScheduleError;
use crate::lease::Lease;
use crate::state::{End, Outcome, PublicationSeen, Task};
use crate::workdays::Workdays;

/// The clock.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What a scheduler has done for it. Tests do it in no time.
#[async_trait]
pub trait Work: Send + Sync {
    /// Runs a job for a task, until it is done or stopped.
    async fn run(&self, job: &str, task: &Task, limits: Limits) -> Outcome;

    /// Builds the models below what has changed, and publishes what is built. The answer tells what
    /// came of it, or what went wrong and whether trying again can help.
    async fn build(&self, lease: &Lease) -> Result<String, (String, Retry)>;

    /// The newest publication.
    async fn publication(&self) -> Result<Option<PublicationSeen>, ScheduleError>;

    /// The calendar of working days.
    async fn workdays(&self) -> Result<Workdays, ScheduleError>;
}

/// Work on a lake.
pub struct LakeWork {
    /// The lake.
    pub warehouse: Warehouse,
    /// Its jobs.
    pub jobs: Jobs,
    /// Its models.
    pub models: Arc<Models>,
    /// What runs need to know; time, interval and limits are each run's own.
    pub options: RunOptions,
    /// The days of `schemas/reference/calendar.csv`; those of `reference.calendar` go before them.
    pub workdays: Workdays,
    /// The clock.
    pub clock: Clock,
}

#[async_trait]
impl Work for LakeWork {
    async fn run(&self, job: &str, task: &Task, limits: Limits) -> Outcome {
        let options = RunOptions {
            now: (self.clock)(),
            interval: task.interval,
            again: task.again,
            limits,
            ..self.options.clone()
        };
        let job = match self.jobs.require(job) {
            Ok(job) => job,
            Err(error) => return of_error(&error),
        };
        match ingest::run(&self.warehouse, job, options, &Silent).await {
            Ok(report) => of_report(&report),
            Err(error) => of_error(&error),
        }
    }

    async fn build(&self, lease: &Lease) -> Result<String, (String, Retry)> {
        let told = |error: TransformError| (ingest::with_causes(&error), error.retry());
        let lost = |error: ScheduleError| (ingest::with_causes(&error), error.retry());
        lease.check().await.map_err(lost)?;
        let options = BuildOptions::all((self.clock)());
        let built = transform::build(&self.warehouse, &self.models, &options, &Silent).await;
        let built = built.map_err(told)?;
        lease.check().await.map_err(lost)?;
        let options = PublishOptions {
            now: (self.clock)(),
            note: None,
        };
        let published = transform::publish(&self.warehouse, &self.models, &options, &Silent).await;
        let published = published.map_err(told)?;
        let number = published.publication.number;
        let marts = built.marts.iter();
        let new = marts.filter(|mart| mart.outcome == transform::MartOutcome::Built);
        Ok(match published.is_new {
            true => format!("built {} marts, published {number}", new.count()),
            false => format!(
                "built {} marts, readers keep publication {number}",
                new.count()
            ),
        })
    }

    async fn publication(&self) -> Result<Option<PublicationSeen>, ScheduleError> {
        let newest = self.warehouse.publications().latest().await?;
        Ok(newest.map(|newest| PublicationSeen {
            number: newest.number,
            at: newest.created_at.trunc_subsecs(3),
        }))
    }

    async fn workdays(&self) -> Result<Workdays, ScheduleError> {
        let mut workdays = self.workdays.clone();
        workdays.extend(crate::calendar_table::read(&self.warehouse).await?);
        Ok(workdays)
    }
}

fn of_report(report: &RunReport) -> Outcome {
    let end = match report.status {
        RunStatus::Ok if report.nothing_is_valid() => End::Failed(Retry::Never),
        RunStatus::Ok => End::Ok,
        RunStatus::Failed => End::Failed(report.retry()),
    };
    let faults = report.files.iter().filter_map(|file| file.fault.as_ref());
    let message = report.message.clone().into_iter();
    let messages: Vec<String> = message
        .chain(faults.map(|fault| fault.message.clone()).take(1))
        .collect();
    Outcome {
        run_id: Some(report.run_id.to_string()),
        has_committed: report.version.is_some(),
        message: (!messages.is_empty()).then(|| messages.join("; ")),
        end,
    }
}

fn of_error(error: &IngestError) -> Outcome {
    let end = match error {
        IngestError::Cancelled { .. } => End::Cancelled,
        IngestError::Superseded { .. } => End::Interrupted,
        error => End::Failed(error.retry()),
    };
    Outcome {
        run_id: None,
        has_committed: false,
        message: Some(ingest::with_causes(error)),
        end,
    }
}
