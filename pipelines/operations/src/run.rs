//! Runs of jobs, as `ops.run` has them: the newest of each job, and how long it has been failing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use datafusion::prelude::DataFrame;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::OperationsError;
use crate::frames::{Rows, collect};

const TABLE: &str = "ops.run";
const COLUMNS: [&str; 15] = [
    "run_id",
    "job",
    "table_name",
    "status",
    "started_at",
    "finished_at",
    "decoded",
    "left_out",
    "read_rows",
    "inserted",
    "updated",
    "unchanged",
    "duplicate",
    "quarantined",
    "deleted",
];

/// One run with its ledger. All counts are of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunSummary {
    /// The run.
    pub run_id: String,
    /// The job.
    pub job: String,
    /// The table it loads.
    pub table: String,
    /// `ok` or `failed`.
    pub status: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows found in the files.
    pub decoded: i64,
    /// Rows of the files of which the select offers nothing.
    pub left_out: i64,
    /// Rows the select offers: the left side of the ledger.
    pub read: i64,
    /// Rows with a key that was not in the table.
    pub inserted: i64,
    /// Rows with a key that was in the table with other values.
    pub updated: i64,
    /// Rows that were in the table as they are.
    pub unchanged: i64,
    /// Rows repeated within the run.
    pub duplicate: i64,
    /// Rows refused by a rule.
    pub quarantined: i64,
    /// Rows of the table that the run removed; not a part of `read`.
    pub deleted: i64,
    /// Whether read = inserted + updated + unchanged + duplicate + quarantined.
    pub balances: bool,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobStatus {
    /// The job.
    pub job: String,
    /// The table it loads.
    pub table: String,
    /// Its newest run.
    pub last_run: RunSummary,
    /// When its newest run that went well began.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Runs that failed since then.
    pub failures: u32,
    /// The first of them.
    pub failing_since: Option<DateTime<Utc>>,
}

/// The jobs that ran, by name; `runs` needs the columns of the ledger and no others.
pub(crate) async fn jobs(
    runs: Option<DataFrame>,
) -> Result<BTreeMap<String, JobStatus>, OperationsError> {
    let Some(runs) = runs else {
        return Ok(BTreeMap::new());
    };
    let mut by_job: BTreeMap<String, Vec<RunSummary>> = BTreeMap::new();
    for rows in collect(TABLE, runs.select_columns(&COLUMNS)).await? {
        for run in summaries(&rows)? {
            by_job.entry(run.job.clone()).or_default().push(run);
        }
    }
    let jobs = by_job.into_iter().filter_map(|(job, mut runs)| {
        // Text order of run ids is time order.
        runs.sort_by(|a, b| (b.started_at, &b.run_id).cmp(&(a.started_at, &a.run_id)));
        Some((job, JobStatus::of(runs)?))
    });
    Ok(jobs.collect())
}

impl JobStatus {
    /// Of the runs of one job, newest first; `None` of none.
    fn of(runs: Vec<RunSummary>) -> Option<JobStatus> {
        let failed: Vec<_> = runs.iter().take_while(|run| run.status != "ok").collect();
        let last_ok = runs.get(failed.len());
        let last_run = runs.first()?;
        Some(JobStatus {
            job: last_run.job.clone(),
            table: last_run.table.clone(),
            last_ok_at: last_ok.map(|run| run.started_at),
            failures: failed.len() as u32,
            failing_since: failed.last().map(|run| run.started_at),
            last_run: last_run.clone(),
        })
    }
}

fn summaries(rows: &Rows) -> Result<Vec<RunSummary>, OperationsError> {
    let mut runs = vec![RunSummary::default(); rows.count()];
    fill(&mut runs, rows.texts("run_id")?, |run, value| {
        run.run_id = value
    });
    fill(&mut runs, rows.texts("job")?, |run, value| run.job = value);
    fill(&mut runs, rows.texts("table_name")?, |run, value| {
        run.table = value
    });
    fill(&mut runs, rows.texts("status")?, |run, value| {
        run.status = value
    });
    fill(&mut runs, rows.moments("started_at")?, |run, value| {
        run.started_at = value
    });
    fill(&mut runs, rows.moments("finished_at")?, |run, value| {
        run.finished_at = Some(value);
    });
    fill(&mut runs, rows.numbers("decoded")?, |run, value| {
        run.decoded = value
    });
    fill(&mut runs, rows.numbers("left_out")?, |run, value| {
        run.left_out = value
    });
    fill(&mut runs, rows.numbers("read_rows")?, |run, value| {
        run.read = value
    });
    fill(&mut runs, rows.numbers("inserted")?, |run, value| {
        run.inserted = value
    });
    fill(&mut runs, rows.numbers("updated")?, |run, value| {
        run.updated = value
    });
    fill(&mut runs, rows.numbers("unchanged")?, |run, value| {
        run.unchanged = value
    });
    fill(&mut runs, rows.numbers("duplicate")?, |run, value| {
        run.duplicate = value
    });
    fill(&mut runs, rows.numbers("quarantined")?, |run, value| {
        run.quarantined = value
    });
    fill(&mut runs, rows.numbers("deleted")?, |run, value| {
        run.deleted = value
    });
    for run in &mut runs {
        let accounted =
            run.inserted + run.updated + run.unchanged + run.duplicate + run.quarantined;
        run.balances = run.read == accounted;
    }
    Ok(runs)
}

/// Sets a field of each run from a column; what is missing stays as it was.
fn fill<V>(runs: &mut [RunSummary], values: Vec<Option<V>>, set: impl Fn(&mut RunSummary, V)) {
    for (run, value) in runs.iter_mut().zip(values) {
        if let Some(value) = value {
            set(run, value);
        }
    }
}
