//! One attempt to load: everything from reading the files to files of the table, short of the commit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use contracts::TableId;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::future::try_join_all;
use futures::stream;
use tokio::sync::mpsc;

use super::Run;
use crate::conform::Conform;
use crate::error::{Doing, IngestError};
use crate::intake::{FileOutcome, Intake, IntakeFile};
use crate::job::Mode;
use crate::ledger::Ledger;
use crate::load::sort::{offered_schema, sort};
use crate::load::{
    FailedFiles, Meeting, Merged, Offered, Periods, Rules, Scope, Tally, Target, layout,
};
use crate::place::Origins;
use crate::quarantine::{Refusals, mask};
use crate::refusal::{RefusalLog, RefusalRows, RuleCount, RuleRows};
use crate::run_id::RunId;
use crate::spool::Spooled;

/// Batches that wait between intake and sort.
const BATCHES_AHEAD: usize = 4;

/// What an attempt came to.
pub(super) struct Attempt {
    pub outcomes: Vec<FileOutcome>,
    pub merged: Merged,
    pub target: Arc<Target>,
    /// Rows the merge set aside.
    refusals: RefusalRows,
    origins: Arc<Origins>,
}

/// Reads `files` and merges what they offer with the newest state of the run's table.
///
/// # Errors
/// What ends the run as a whole.
pub(super) async fn attempt(run: &Run<'_>, files: &[IntakeFile]) -> Result<Attempt, IngestError> {
    let session = run.warehouse.session();
    let layout = layout(&run.contract, &[]);
    let origins = Arc::new(Origins::default());
    let failed = FailedFiles::default();
    let conform = Conform::new(&run.job, &run.contract, run.key.as_ref(), run.now, &session)?;
    let intake = Intake {
        warehouse: run.warehouse.clone(),
        job: Arc::clone(&run.job),
        conform: Arc::new(conform),
        width: session.state().config().target_partitions(),
        session: session.clone(),
        origins: Arc::clone(&origins),
        failed: Arc::clone(&failed),
        progress: run.progress,
    };
    let mut periods = match &run.job.mode {
        Mode::ReplacePeriod(column) => Some(periods(run, column.as_str())?),
        _ => None,
    };

    run.progress.step("read");
    let (sender, mut receiver) = mpsc::channel(BATCHES_AHEAD);
    let rows = stream::poll_fn(move |context| receiver.poll_recv(context));
    let rows = RecordBatchStreamAdapter::new(offered_schema(&run.contract), rows);
    let lanes =
        sort(Box::pin(rows), &layout, &session.task_ctx()).map_err(Doing::Sorting.failed())?;
    let mut lanes: Vec<Offered> = lanes
        .into_iter()
        .map(|rows| Offered::new(rows, &layout, &origins, &failed))
        .collect();
    let reading = async {
        let read = intake.read_all(files, &sender, periods.as_mut()).await;
        if read.is_err() {
            // The sort must not take the end of the rows for the end of the files.
            let _ = sender.send(Err(IngestError::Stopped.into())).await;
        }
        drop(sender);
        read
    };
    let sorting = try_join_all(lanes.iter_mut().map(Offered::partition));
    let (read, sorted) = tokio::join!(reading, sorting);
    let outcomes = match (read, sorted) {
        (Ok(outcomes), Ok(_)) => outcomes,
        // Who stopped because the other one did does not know why.
        (Err(IngestError::Stopped), Err(error)) | (Err(error), _) | (_, Err(error)) => {
            return Err(error);
        }
    };

    run.progress.step("merge");
    let target = Arc::new(Target::open(run.warehouse, &run.contract, layout).await?);
    let rules = Rules {
        meeting: match run.job.mode {
            Mode::Append => Meeting::Refuse,
            _ => Meeting::Replace,
        },
        on_conflict: run.job.on_conflict,
        removal: match (&run.job.mode, periods) {
            // A replay offers a few rows of a file: nothing can be concluded from those it does not.
            _ if run.replay.is_some() => Scope::Nothing,
            (Mode::Snapshot, _) => Scope::Everything,
            (Mode::ReplacePeriod(_), Some(periods)) => Scope::Periods(periods),
            _ => Scope::Nothing,
        },
        newer: run
            .replay
            .as_ref()
            .map(|replay| replay.newer(run.contract.columns.len())),
    };
    let log = Arc::new(Mutex::new(RefusalLog::new(&origins, &session.task_ctx())));
    let merged = target.merge(lanes, rules, &origins, &log).await?;
    let log = Arc::try_unwrap(log).map_err(|_| IngestError::Stopped)?;
    let log = log
        .into_inner()
        .expect("no thread fails while it holds this lock");
    Ok(Attempt {
        outcomes,
        merged,
        target,
        refusals: log.finish()?,
        origins,
    })
}

fn periods(run: &Run<'_>, column: &str) -> Result<Periods, IngestError> {
    let index = run.contract.column_names().position(|name| name == column);
    let index = index.expect("a job's period is a column of its contract");
    Periods::new(index, &run.contract.columns[index].data_type())
}

impl Attempt {
    /// What the merge did.
    pub(super) fn tally(&self) -> &Tally {
        &self.merged.tally
    }

    /// The ledger: what was read, by those who read, against what became of it, by those who did it.
    pub(super) fn ledger(&self) -> Ledger {
        let tally = self.tally();
        let mut ledger = Ledger {
            inserted: tally.inserted,
            updated: tally.updated,
            unchanged: tally.unchanged,
            duplicate: tally.duplicate,
            quarantined: tally.quarantined,
            deleted: tally.deleted,
            ..Ledger::default()
        };
        for outcome in self.good() {
            ledger.decoded += outcome.decoded;
            ledger.left_out += outcome.left_out;
            ledger.read += outcome.read;
            ledger.quarantined += outcome.refused;
        }
        ledger
    }

    /// Refuses a load in which a row is not accounted for.
    pub(super) fn check_balance(
        &self,
        run_id: &RunId,
        table: &TableId,
        ledger: &Ledger,
    ) -> Result<(), IngestError> {
        if !ledger.balances() {
            return Err(IngestError::Unbalanced {
                run_id: run_id.clone(),
                ledger: *ledger,
            });
        }
        let merged = &self.merged;
        if merged.written != merged.expected || merged.files.rows() != merged.expected {
            return Err(IngestError::WrittenDiffers {
                run_id: run_id.clone(),
                table: table.clone(),
                written: merged.files.rows(),
                expected: merged.expected,
            });
        }
        Ok(())
    }

    /// Whether any row was set aside.
    pub(super) fn has_refusals(&self) -> bool {
        self.refusals.rows.rows() > 0 || self.good().any(|outcome| outcome.refused > 0)
    }

    /// Posts the rows set aside to `ops.quarantine`; answers them.
    pub(super) async fn post_refusals(
        &self,
        run: &Run<'_>,
        files: &[IntakeFile],
    ) -> Result<Spooled, IngestError> {
        let of_files = self.good().filter_map(|outcome| outcome.refusals.as_ref());
        let logs: Vec<&Spooled> = of_files
            .chain([&self.refusals])
            .map(|refusals| &refusals.rows)
            .collect();
        let refusals = Refusals {
            warehouse: run.warehouse,
            job: &run.job,
            table: &run.contract.id,
            run_id: &run.id,
            now: run.now,
            origins: &self.origins,
            files,
            mask: mask(&run.job, &run.contract),
        };
        let rows = refusals.rows(&logs).await?;
        refusals.post(&rows).await?;
        Ok(rows)
    }

    /// Rows set aside, by the first rule they break.
    pub(super) fn quarantined(&self) -> BTreeMap<String, RuleCount> {
        let mut rules: BTreeMap<String, RuleRows> = BTreeMap::new();
        let of_files = self.good().flat_map(FileOutcome::rules);
        for (rule, rows) in of_files.chain(&self.refusals.rules) {
            rules.entry(rule.clone()).or_default().merge(rows);
        }
        rules
            .into_iter()
            .map(|(rule, rows)| (rule, rows.report()))
            .collect()
    }

    /// Rows loaded although they break a rule of severity warning.
    pub(super) fn warnings(&self) -> BTreeMap<String, u64> {
        self.sums(|outcome| &outcome.warnings)
    }

    /// Values that lost digits.
    pub(super) fn rounded(&self) -> BTreeMap<String, u64> {
        self.sums(|outcome| &outcome.rounded)
    }

    fn sums(
        &self,
        counts: impl Fn(&FileOutcome) -> &BTreeMap<String, u64>,
    ) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for (name, count) in self.good().flat_map(counts) {
            *sums.entry(name.clone()).or_default() += count;
        }
        sums
    }

    fn good(&self) -> impl Iterator<Item = &FileOutcome> {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.error.is_none())
    }
}
