//! Intake: files to offered rows, one file after the other.
//!
//! ```text
//! blocking thread                     async tasks
//! decode ─ origins ─ unpivot ─(few)─▶ select, planned for this file ─▶ conform, several at once ─▶ sort
//! ```
//! Everything streams; at most a few batches wait between two steps, so memory does not depend on the
//! size of a file. A file that cannot be read to its end is reported, and its rows, some of which may
//! have gone on already, are left out behind the sort ([`Intake::failed`]).

mod by_name;
mod chosen;
mod decoding;
mod left_out;
mod select;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;
use warehouse::keys::LandingKey;
use warehouse::progress::Progress;

use crate::conform::Conform;
use crate::decode::Detected;
use crate::error::IngestError;
use crate::job::Job;
use crate::load::{FailedFiles, Periods};
use crate::place::Origins;
use crate::refusal::{RefusalLog, RefusalRows, Refused, RuleRows};
use left_out::Offers;

pub(crate) use chosen::ChosenRows;
pub(crate) use decoding::{DecodedRows, decode_plain};

/// Batches that wait between two steps.
const BATCHES_AHEAD: usize = 4;

/// One file to be read.
#[derive(Debug, Clone)]
pub(crate) struct IntakeFile {
    /// Its name as people know it.
    pub name: String,
    /// First 16 hex digits of its SHA-256.
    pub object: String,
    /// Where its bytes are in the lake.
    pub landed: LandingKey,
    /// Where they are on local disk, when that is the faster way.
    pub local: Option<LocalFile>,
    /// Its size, expanded.
    pub bytes: u64,
    /// With a replay: the rows that count. The select sees all of them, for what it computes over
    /// several rows; what it gives of the others is let go.
    pub only: Option<Arc<ChosenRows>>,
}

/// A local file in the state in which it has landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalFile {
    pub path: std::path::PathBuf,
    pub size: u64,
    pub modified: Option<std::time::SystemTime>,
}

/// What the files of a run go through.
pub(crate) struct Intake<'a> {
    pub warehouse: warehouse::Warehouse,
    pub job: Arc<Job>,
    pub conform: Arc<Conform>,
    pub session: SessionContext,
    pub origins: Arc<Origins>,
    pub failed: FailedFiles,
    pub progress: &'a dyn Progress,
    /// How many batches are conformed at once.
    pub width: usize,
}

/// What became of one file.
#[derive(Default)]
pub(crate) struct FileOutcome {
    /// What was found out about it.
    pub detected: Option<Detected>,
    pub decoded: u64,
    pub left_out: u64,
    /// Rows offered, those the decoder refused among them.
    pub read: u64,
    /// Rows refused by the decoder or by a rule.
    pub refused: u64,
    /// The refused rows; none when the file failed.
    pub refusals: Option<RefusalRows>,
    pub rounded: BTreeMap<String, u64>,
    pub warnings: BTreeMap<String, u64>,
    /// Why it could not be read.
    pub error: Option<IngestError>,
}

/// The way to the sort.
pub(crate) type OfferedSender = mpsc::Sender<Result<RecordBatch, DataFusionError>>;

impl Intake<'_> {
    /// Reads all `files` in their order and sends what they offer to `offered`. The periods of the
    /// rows offered are noted in `periods`.
    ///
    /// # Errors
    /// Only what ends the run as a whole; what is wrong with a file is in its outcome.
    pub(crate) async fn read_all(
        &self,
        files: &[IntakeFile],
        offered: &OfferedSender,
        mut periods: Option<&mut Periods>,
    ) -> Result<Vec<FileOutcome>, IngestError> {
        let mut outcomes = Vec::with_capacity(files.len());
        for file in files {
            let index = self.origins.add_file(&file.name, &file.object);
            let log = RefusalLog::new(&self.origins, &self.session.task_ctx());
            let mut reading = Reading {
                log: Arc::new(Mutex::new(log)),
                offers: Offers::default(),
                outcome: FileOutcome::default(),
            };
            let read = self
                .read(file, index, offered, periods.as_deref_mut(), &mut reading)
                .await;
            let mut outcome = reading.outcome;
            match read {
                Ok(()) => {
                    let log = Arc::try_unwrap(reading.log).map_err(|_| IngestError::Stopped)?;
                    let log = log
                        .into_inner()
                        .expect("no thread fails while it holds this lock");
                    outcome.refused = log.count();
                    outcome.refusals = Some(log.finish()?);
                }
                Err(error) if error.is_of_one_file() => {
                    self.failed
                        .lock()
                        .expect("no thread fails while it holds this lock")
                        .insert(index);
                    outcome = FileOutcome {
                        detected: outcome.detected,
                        error: Some(error),
                        ..FileOutcome::default()
                    };
                }
                Err(error) => return Err(error),
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    async fn read(
        &self,
        file: &IntakeFile,
        index: u32,
        offered: &OfferedSender,
        periods: Option<&mut Periods>,
        reading: &mut Reading,
    ) -> Result<(), IngestError> {
        let mut decoding = decoding::start(self, file, index, &reading.log).await?;
        let count = decoding.count();
        reading.outcome.detected = Some(decoding.detected.clone());
        if decoding.detected.columns.is_empty() {
            // `[]`: without records there are no columns that a select could miss.
            drop(decoding.take_rows());
            let counts = decoding.finish(file).await?;
            reading.outcome.decoded = counts.rows + counts.refused;
            reading.outcome.read += counts.refused;
            return Ok(());
        }
        let select::Planned { plan, note } = select::plan(
            &self.job,
            &self.conform,
            &file.name,
            decoding.take_rows(),
            &self.session,
        )
        .await?;
        if let Some(detected) = &mut reading.outcome.detected {
            detected.notes.extend(note);
        }
        let streamed = self
            .stream(file, &plan, offered, periods, reading, &count)
            .await;
        // With the plan goes whatever still waits for rows, and the decoder need not go on.
        drop(plan);
        self.progress.advance(count.take(), file.bytes);
        let counts = match streamed {
            Ok(()) => decoding.finish(file).await?,
            // The rows ended because the decoder failed (which then says why), or the sort did.
            Err(IngestError::Stopped) => {
                return Err(decoding
                    .finish(file)
                    .await
                    .err()
                    .unwrap_or(IngestError::Stopped));
            }
            Err(error) => return Err(error),
        };
        reading.outcome.decoded = counts.rows + counts.refused;
        reading.outcome.left_out = counts.rows.saturating_sub(reading.offers.distinct());
        reading.outcome.read += counts.refused;
        if let (Some(detected), Some(remark)) = (&mut reading.outcome.detected, counts.remark()) {
            detected.notes.push(remark);
        }
        Ok(())
    }

    /// Sends what `plan` gives of a file through conform to the sort.
    async fn stream(
        &self,
        file: &IntakeFile,
        plan: &Arc<dyn ExecutionPlan>,
        offered: &OfferedSender,
        mut periods: Option<&mut Periods>,
        reading: &mut Reading,
        count: &decoding::DecodedCount,
    ) -> Result<(), IngestError> {
        let conform_plan = Arc::new(self.conform.plan(&plan.schema())?);
        let rows = stream::select_all(select::execute(plan, &self.session)?);
        let mut conformed = rows
            .map_err(|error| select::failed(&self.job, &file.name, error))
            .map(|batch| {
                let (conform, plan) = (Arc::clone(&self.conform), Arc::clone(&conform_plan));
                let only = file.only.clone();
                async move {
                    let batch = match only {
                        None => batch?,
                        Some(only) => only.of_offered(&batch?, &self.origins)?,
                    };
                    let done = tokio::spawn(async move { conform.batch(&plan, &batch) });
                    crate::load::joined(done.await)
                }
            })
            // In the order of the file, which the sort then need not restore.
            .buffered(self.width);
        while let Some(batch) = conformed.next().await {
            let batch = batch?;
            self.progress.advance(count.take(), 0);
            reading.note(&batch, &self.origins)?;
            if let Some(periods) = periods.as_deref_mut() {
                periods.note(&batch.offered, self.conform.refused_column())?;
            }
            if batch.offered.num_rows() > 0 {
                offered
                    .send(Ok(batch.offered))
                    .await
                    .map_err(|_| IngestError::Stopped)?;
            }
        }
        Ok(())
    }
}

/// What is known of a file while it is read.
struct Reading {
    log: Arc<Mutex<RefusalLog>>,
    offers: Offers,
    outcome: FileOutcome,
}

impl Reading {
    fn note(
        &mut self,
        batch: &crate::conform::Conformed,
        origins: &Origins,
    ) -> Result<(), IngestError> {
        let outcome = &mut self.outcome;
        outcome.read += batch.rows.values().len() as u64;
        self.offers
            .note(batch.origins.values(), batch.rows.values(), origins);
        for (column, count) in &batch.rounded {
            *outcome.rounded.entry(column.clone()).or_default() += count;
        }
        for (rule, count) in &batch.warnings {
            *outcome.warnings.entry(rule.clone()).or_default() += count;
        }
        if batch.refused.is_empty() {
            return Ok(());
        }
        let mut log = self
            .log
            .lock()
            .expect("no thread fails while it holds this lock");
        for row in &batch.refused {
            let cell = origins.get(row.origin).cell;
            log.add(Refused {
                origin: row.origin,
                row: row.row,
                rule: &row.rule,
                column: &with_cell(&row.column, cell.as_deref()),
                raw: row.raw.as_deref(),
                message: &row.message,
            })?;
        }
        Ok(())
    }
}

/// A column of the contract, and after `unpivot` the column of the file it was: `electricity_kwh[3月]`.
pub(crate) fn with_cell(column: &str, cell: Option<&str>) -> String {
    match cell {
        None => column.to_owned(),
        Some(cell) => format!("{column}[{cell}]"),
    }
}

impl FileOutcome {
    /// The rules its refused rows break.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&String, &RuleRows)> {
        self.refusals.iter().flat_map(|refusals| &refusals.rules)
    }
}
