//! A run: a job's files from their source into its table.
//!
//! 1. [`landing`]: every file is kept in the lake, unchanged.
//! 2. [`attempt`]: all files are read, conformed, sorted and merged with the newest state of the table.
//! 3. The ledger is balanced; refused rows are posted to `ops.quarantine`.
//! 4. One commit: rows, the job's number, the report with its ledger and objects, and the [`cursor`]
//!    of a source that remembers. If another one has changed the same partitions meanwhile, the run goes back to 2.
//! 5. The run is recorded in `ops.run`.
//!
//! Killed anywhere, a run can be repeated and comes to the same: before 4 nothing has happened to the
//! table, after it every row of the files is found to be there.
//!
//! A file that cannot be read fails the run, but the rows of the others are loaded: their commit says
//! which files are in it. Only the modes that remove what is not offered commit nothing then, because
//! they would remove the rows of the file that could not be read.

mod attempt;
mod cursor;
mod landing;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::Contract;
use serde_json::Map;
use sources::Cursor;
use tracing::{Instrument as _, Span};
use warehouse::progress::Progress;
use warehouse::{Change, Warehouse, WarehouseError};

use crate::conform::pseudonym::PseudonymKey;
use crate::error::IngestError;
use crate::intake::IntakeFile;
use crate::interval::Interval;
use crate::job::{Job, Mode};
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::replay::Replayed;
use crate::report::{FileFault, FileReport, RunReport, RunStatus, with_causes};
use crate::run_id::RunId;
use crate::runs;
use crate::spool::Spooled;
use attempt::Attempt;

pub(crate) use landing::{Arrivals, Arrived};

/// How often a run begins anew when others change the same partitions, before it gives up.
const ATTEMPTS: usize = 10;

/// The message of a run that has left its table as it was.
pub const NOTHING_CHANGED: &str = "nothing changed";

/// What a run needs to know beside its job.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The data folder, where a job's `files` begin.
    pub root: PathBuf,
    /// The project's folder, where a job's `project_files` begin.
    pub project: PathBuf,
    /// The time.
    pub now: DateTime<Utc>,
    /// The key of pseudonyms, for tables that have any.
    pub pseudonym_key: Option<PseudonymKey>,
    /// The interval the run is for. When the job has loaded it before, nothing is done.
    pub interval: Option<Interval>,
    /// Run also for an interval that has been loaded before.
    pub again: bool,
    /// What may stop the run.
    pub limits: Limits,
    /// The name of the run, when somebody was promised it; a new one otherwise. It is for one run.
    pub run_id: Option<RunId>,
}

impl RunOptions {
    /// Options with `root` as both folders and no key.
    pub fn new(root: impl Into<PathBuf>, now: DateTime<Utc>) -> RunOptions {
        let root = root.into();
        RunOptions {
            project: root.clone(),
            root,
            now,
            pseudonym_key: None,
            interval: None,
            again: false,
            limits: Limits::default(),
            run_id: None,
        }
    }
}

/// Runs a job.
///
/// What is wrong with single files is in the report, whose status is then `failed`.
///
/// # Errors
/// When the run as a whole fails. Nothing is committed then; the failure is recorded in `ops.run`.
pub async fn run(
    warehouse: &Warehouse,
    job: &Job,
    options: RunOptions,
    progress: &dyn Progress,
) -> Result<RunReport, IngestError> {
    let run = Run::new(warehouse, job, &options, progress)?;
    let span = run.span();
    let work = async {
        // A run that was stopped between its commit and its record is recorded now.
        runs::repair(warehouse, &job.table).await?;
        if let Some(report) = run.loaded_before().await? {
            return Ok(report);
        }
        let work = async { run.load(landing::land(&run, &options).await?).await };
        let done = options.limits.hold(job.name.as_str(), work).await;
        run.record(done).await
    };
    work.instrument(span).await
}

/// A run under way.
pub(crate) struct Run<'a> {
    pub warehouse: &'a Warehouse,
    pub job: Arc<Job>,
    pub contract: Arc<Contract>,
    pub now: DateTime<Utc>,
    pub key: Option<PseudonymKey>,
    pub progress: &'a dyn Progress,
    pub id: RunId,
    /// The quarantined rows that are loaded again, if this is a replay.
    pub replay: Option<Replayed>,
    interval: Option<Interval>,
    again: bool,
    limits: Limits,
    begun: Instant,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        warehouse: &'a Warehouse,
        job: &Job,
        options: &RunOptions,
        progress: &'a dyn Progress,
    ) -> Result<Run<'a>, IngestError> {
        let contract = warehouse.contract(&job.table)?;
        let promised = options.run_id.clone();
        Ok(Run {
            id: promised.unwrap_or_else(|| RunId::of_job(options.now, job.name.as_str())),
            warehouse,
            job: Arc::new(job.clone()),
            contract: Arc::new(contract.clone()),
            now: options.now,
            key: options.pseudonym_key.clone(),
            progress,
            replay: None,
            interval: options.interval,
            again: options.again,
            limits: options.limits.clone(),
            begun: Instant::now(),
        })
    }

    /// What everything that this run logs is logged in.
    pub(crate) fn span(&self) -> Span {
        tracing::info_span!("run", run_id = %self.id, job = %self.job.name, table = %self.contract.id)
    }

    /// Loads what has arrived; begins anew when others get in the way.
    pub(crate) async fn load(&self, arrivals: Arrivals) -> Result<RunReport, IngestError> {
        if arrivals.are_none() {
            return Ok(RunReport {
                message: Some(NOTHING_CHANGED.to_owned()),
                pull: arrivals.pull,
                ..self.empty(RunStatus::Ok)
            });
        }
        let files: Vec<IntakeFile> = arrivals
            .files
            .iter()
            .filter_map(|file| file.intake.clone())
            .collect();
        for restarts in 0..ATTEMPTS {
            let attempt = attempt::attempt(self, &files).await?;
            let mut report = self.report(&arrivals, &attempt);
            report.restarts = restarts as u32;
            if let Some(refusal) = self.refusal_to_commit(&attempt, &mut report)? {
                report.status = RunStatus::Failed;
                report.message = Some(refusal);
                report.ledger = Default::default();
                return Ok(report);
            }
            attempt.check_balance(&self.id, &self.contract.id, &report.ledger)?;
            if report.nothing_is_valid() {
                report
                    .message
                    .get_or_insert_with(|| "no row is valid".to_owned());
            }
            let mut refused = None;
            if attempt.has_refusals() || restarts > 0 {
                self.progress.step("quarantine");
                refused = Some(attempt.post_refusals(self, &files).await?);
            }
            let cursor = arrivals.new_cursor(&report.files);
            if let (Some(cursor), Some(pull)) = (cursor, &mut report.pull) {
                pull.cursor = Some(cursor.summary());
            }
            if !report.ledger.changes_the_table() {
                report
                    .message
                    .get_or_insert_with(|| NOTHING_CHANGED.to_owned());
                if cursor.is_none() {
                    self.close_replayed(refused.as_ref(), &report).await?;
                    return Ok(report);
                }
            }
            self.progress.step("commit");
            match self.commit(attempt, cursor, &mut report).await {
                Ok(()) => {
                    self.close_replayed(refused.as_ref(), &report).await?;
                    return Ok(report);
                }
                Err(IngestError::Warehouse(WarehouseError::Conflict { .. })) => {
                    tracing::info!(run_id = %self.id, table = %self.contract.id, "run begins anew: another one changed the table");
                    // The other one may have been a run for the same interval. What it commits it
                    // records itself, unless it is gone: then the next run records it.
                    if self.interval.is_some()
                        && let Some(report) = self.loaded_before().await?
                    {
                        return Ok(report);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(IngestError::Contended {
            table: self.contract.id.clone(),
            attempts: ATTEMPTS,
        })
    }

    /// With an interval: the report of a run that has nothing to do, if another run has loaded it.
    async fn loaded_before(&self) -> Result<Option<RunReport>, IngestError> {
        let Some(interval) = self.interval.filter(|_| !self.again) else {
            return Ok(None);
        };
        let runs = runs::interval_runs(self.warehouse, self.job.name.as_str()).await?;
        let mut earlier = runs.iter();
        let loaded = earlier.find(|run| run.interval == interval && run.status == RunStatus::Ok);
        Ok(loaded.map(|earlier| {
            tracing::info!(run_id = %earlier.run_id, job = %self.job.name, %interval, "interval is loaded already");
            RunReport {
                message: Some(format!("{interval} was loaded by run {}", earlier.run_id)),
                ..self.empty(RunStatus::Ok)
            }
        }))
    }

    /// With a replay: marks the quarantined rows that were not refused again.
    async fn close_replayed(
        &self,
        refused: Option<&Spooled>,
        report: &RunReport,
    ) -> Result<(), IngestError> {
        match &self.replay {
            None => Ok(()),
            Some(replay) => replay.close(self.warehouse, refused, report).await,
        }
    }

    /// Records how the run ended and answers it.
    pub(crate) async fn record(
        &self,
        done: Result<RunReport, IngestError>,
    ) -> Result<RunReport, IngestError> {
        self.progress.step("record");
        let mut report = match &done {
            Ok(report) => report.clone(),
            Err(error) => self.failed(error),
        };
        self.close(&mut report);
        let (id, job, status) = (&self.id, &self.job.name, report.status.as_str());
        let Ledger {
            read, quarantined, ..
        } = report.ledger;
        tracing::info!(
            status,
            read,
            quarantined,
            "run {id} of `{job}` ended: {status}, {read} rows read, {quarantined} refused"
        );
        let recorded = runs::post(self.warehouse, &report).await;
        self.progress.done();
        done?;
        if let Err(error) = recorded {
            // What is loaded is loaded; the next run of the table records this one from its commit.
            tracing::warn!(run_id = %self.id, error = &error as &dyn std::error::Error, "run is not recorded");
            let note = format!(
                "the run is not recorded in `ops.run`: {}",
                with_causes(&error)
            );
            report.message = Some(
                report
                    .message
                    .map_or(note.clone(), |message| format!("{message}; {note}")),
            );
        }
        Ok(report)
    }

    fn close(&self, report: &mut RunReport) {
        let taken = self.begun.elapsed();
        report.seconds = taken.as_secs_f64();
        report.finished_at = self.now + TimeDelta::from_std(taken).unwrap_or_default();
    }

    /// Why a run that could be loaded must not be: it would remove rows it has not seen.
    fn refusal_to_commit(
        &self,
        attempt: &Attempt,
        report: &mut RunReport,
    ) -> Result<Option<String>, IngestError> {
        let failed = report
            .files
            .iter()
            .filter(|file| file.fault.is_some())
            .count();
        if failed > 0 {
            report.status = RunStatus::Failed;
            report.message = Some(match failed {
                1 => "1 file could not be read".to_owned(),
                _ => format!("{failed} files could not be read"),
            });
        }
        if failed > 0 && self.job.mode.removes() {
            let error = IngestError::FilesMissing {
                job: self.job.name.to_string(),
                mode: self.job.mode.as_str(),
                failed,
                files: report.files.len(),
            };
            return Ok(Some(error.to_string()));
        }
        let tally = attempt.tally();
        let loads = tally.inserted + tally.updated + tally.unchanged;
        if self.job.mode == Mode::Snapshot && loads == 0 && tally.deleted > 0 {
            return Err(IngestError::NothingValid {
                job: self.job.name.to_string(),
                table: self.contract.id.clone(),
                rows: tally.deleted,
            });
        }
        Ok(None)
    }

    async fn commit(
        &self,
        attempt: Attempt,
        cursor: Option<&Cursor>,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let application = self.job.name.to_string();
        let target = Arc::clone(&attempt.target);
        let last = target
            .snapshot
            .transaction_version(&application)
            .await?
            .unwrap_or(0);
        self.close(report);
        let value = serde_json::to_value(&*report).expect("a report is plain data");
        let mut info = Map::from_iter([(runs::COMMIT_KEY.to_owned(), value)]);
        info.extend(cursor.map(|cursor| cursor::entry(&self.job, cursor)));
        let merged = attempt.merged;
        let change = Change {
            remove: merged.removal(),
            add: merged.files,
            txn: Some((application, last + 1)),
            info,
            ..Change::default()
        };
        self.limits.check(self.job.name.as_str()).await?;
        report.version = Some(target.table.commit(&target.snapshot, change).await?);
        Ok(())
    }

    fn report(&self, arrivals: &Arrivals, attempt: &Attempt) -> RunReport {
        let mut outcomes = attempt.outcomes.iter();
        let files = arrivals.files.iter().map(|file| {
            let mut report = file.report.clone();
            if file.intake.is_some()
                && let Some(outcome) = outcomes.next()
            {
                report.detected.clone_from(&outcome.detected);
                report.decoded = outcome.decoded;
                report.read = outcome.read;
                report.left_out = outcome.left_out;
                report.fault = outcome.error.as_ref().map(FileFault::from);
            }
            report
        });
        let files: Vec<FileReport> = files.collect();
        let ledger = attempt.ledger();
        // Sources that remember nothing have nothing to tell, unless they mark what they gave.
        let mut pull = arrivals.pull.clone();
        if arrivals.new_cursor(&files).is_some() {
            pull.get_or_insert_default();
        }
        RunReport {
            bytes: files.iter().map(|file| file.bytes).sum(),
            files,
            quarantined: attempt.quarantined(),
            warnings: attempt.warnings(),
            rounded: attempt.rounded(),
            changed: ledger.changes_the_table(),
            ledger,
            pull,
            ..self.empty(RunStatus::Ok)
        }
    }

    /// The report of a run that failed as a whole.
    fn failed(&self, error: &IngestError) -> RunReport {
        RunReport {
            message: Some(with_causes(error)),
            ..self.empty(RunStatus::Failed)
        }
    }

    /// The report of a run that has done nothing.
    fn empty(&self, status: RunStatus) -> RunReport {
        RunReport {
            run_id: self.id.clone(),
            job: self.job.name.to_string(),
            table: self.contract.id.clone(),
            status,
            message: None,
            started_at: self.now,
            finished_at: self.now,
            seconds: 0.0,
            ledger: Default::default(),
            files: Vec::new(),
            quarantined: Default::default(),
            warnings: Default::default(),
            rounded: Default::default(),
            bytes: 0,
            version: None,
            changed: false,
            restarts: 0,
            is_replay: self.replay.is_some(),
            interval: self.interval,
            pull: None,
        }
    }
}
