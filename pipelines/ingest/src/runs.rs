//! `ops.run`: one row for each run, posted after it; and rows put back that a crash has lost.
//!
//! A commit of a run carries the whole report, so that a row which is missing, because the program
//! was stopped between the commit and the posting, is made from it ([`repair`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::TimestampMicrosecondType;
use chrono::{DateTime, Utc};
use contracts::TableId;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionContext, col, lit};
use futures::stream;
use serde_json::Value;
use warehouse::{Change, Table, Warehouse};

use crate::error::{Doing, IngestError};
use crate::interval::Interval;
use crate::ops;
use crate::report::{RunReport, RunStatus};

/// The key of a run's report in the info of its commit.
pub(crate) const COMMIT_KEY: &str = "run";

/// How many commits of a table are looked at for runs that are not recorded.
const COMMITS: usize = 50;

/// Posts the row of a run.
///
/// # Errors
/// Of the storage.
pub(crate) async fn post(warehouse: &Warehouse, report: &RunReport) -> Result<(), IngestError> {
    let report = serde_json::to_value(report).expect("a report is plain data");
    post_rows(warehouse, &[report]).await
}

/// Posts the rows of runs that have committed to `table` and are not recorded; answers how many.
///
/// # Errors
/// Of the storage.
pub async fn repair(warehouse: &Warehouse, table: &TableId) -> Result<usize, IngestError> {
    let Some(table) = warehouse.existing_table(table).await? else {
        return Ok(0);
    };
    let mut committed = Vec::new();
    for entry in table.history(COMMITS).await? {
        let Some(Value::Object(mut report)) = entry.info.get(COMMIT_KEY).cloned() else {
            continue;
        };
        report.insert("version".to_owned(), Value::from(entry.version));
        committed.push(Value::Object(report));
    }
    if committed.is_empty() {
        return Ok(0);
    }
    let recorded = recorded(warehouse).await?;
    committed.retain(|report| {
        report["run_id"]
            .as_str()
            .is_some_and(|id| !recorded.contains(id))
    });
    if !committed.is_empty() {
        post_rows(warehouse, &committed).await?;
    }
    Ok(committed.len())
}

/// A run of a job that was for an interval, as `ops.run` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntervalRun {
    /// The run.
    pub run_id: String,
    /// The interval it was for.
    pub interval: Interval,
    /// How it ended.
    pub status: RunStatus,
}

/// The runs of `job` that were for an interval, oldest first.
///
/// # Errors
/// Of the storage.
pub async fn interval_runs(
    warehouse: &Warehouse,
    job: &str,
) -> Result<Vec<IntervalRun>, IngestError> {
    let contract = ops::contract(warehouse, "run")?;
    let Some(table) = warehouse.existing_table(&contract.id).await? else {
        return Ok(Vec::new());
    };
    let snapshot = table.snapshot().await?;
    // A table that was last written before runs had intervals holds none.
    let provider = snapshot.provider();
    if provider
        .schema()
        .column_with_name("interval_from")
        .is_none()
    {
        return Ok(Vec::new());
    }
    let columns = ["run_id", "status", "interval_from", "interval_to"];
    let rows = async {
        let runs = warehouse.session().read_table(provider)?;
        let of_job = col("job").eq(lit(job));
        let runs = runs.filter(of_job.and(col("interval_from").is_not_null()))?;
        let runs = runs.sort_by(vec![col("run_id")])?;
        runs.select_columns(&columns)?.collect().await
    };
    let batches = rows.await.map_err(Doing::ReadingTable.failed())?;
    Ok(batches.iter().flat_map(interval_runs_of).collect())
}

fn interval_runs_of(batch: &RecordBatch) -> Vec<IntervalRun> {
    let ids = batch.column(0).as_string::<i32>();
    let statuses = batch.column(1).as_string::<i32>();
    let moments = [2, 3].map(|column| {
        batch
            .column(column)
            .as_primitive::<TimestampMicrosecondType>()
    });
    let runs = (0..batch.num_rows()).filter_map(|row| {
        let [from, to] = moments.map(|column| DateTime::from_timestamp_micros(column.value(row)));
        Some(IntervalRun {
            run_id: ids.value(row).to_owned(),
            interval: Interval::new(from?, to?)?,
            status: match statuses.value(row) == RunStatus::Ok.as_str() {
                true => RunStatus::Ok,
                false => RunStatus::Failed,
            },
        })
    });
    runs.collect()
}

/// The ids of all runs recorded.
async fn recorded(warehouse: &Warehouse) -> Result<BTreeSet<String>, IngestError> {
    let contract = ops::contract(warehouse, "run")?;
    let snapshot = warehouse.table(&contract.id).await?.snapshot().await?;
    let session: SessionContext = warehouse.session();
    let ids = async {
        let runs = session.read_table(snapshot.provider())?;
        runs.select(vec![col("run_id")])?.collect().await
    };
    let ids = ids.await.map_err(Doing::ReadingTable.failed())?;
    let ids = ids
        .iter()
        .flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
    Ok(ids.map(str::to_owned).collect())
}

async fn post_rows(warehouse: &Warehouse, reports: &[Value]) -> Result<(), IngestError> {
    let contract = ops::contract(warehouse, "run")?;
    let table: Table = warehouse.table(&contract.id).await?;
    let batch = ops::rows(&contract, columns(reports), reports.len())?;
    let rows = RecordBatchStreamAdapter::new(batch.schema(), stream::iter([Ok(batch)]));
    let change = Change {
        add: table.write_stream(Box::pin(rows)).await?,
        // A run is recorded whatever else is.
        is_blind: true,
        ..Change::default()
    };
    table.commit(&table.snapshot().await?, change).await?;
    Ok(())
}

fn columns(reports: &[Value]) -> BTreeMap<&'static str, ArrayRef> {
    let text = |path: &str| {
        let values = reports
            .iter()
            .map(|report| report.pointer(path).and_then(Value::as_str));
        Arc::new(values.collect::<StringArray>()) as ArrayRef
    };
    let number = |path: &str| {
        let values = reports
            .iter()
            .map(|report| report.pointer(path).and_then(Value::as_i64));
        Arc::new(values.collect::<Int64Array>()) as ArrayRef
    };
    let moment = |path: &str| {
        let values = reports.iter().map(|report| {
            let text = report.pointer(path)?.as_str()?;
            Some(
                DateTime::parse_from_rfc3339(text)
                    .ok()?
                    .with_timezone(&Utc)
                    .timestamp_micros(),
            )
        });
        Arc::new(
            values
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ) as ArrayRef
    };
    let seconds = reports.iter().map(|report| {
        let seconds = report["seconds"].as_f64()?;
        Some((seconds * 1000.0).round() as i128)
    });
    let seconds = seconds
        .collect::<Decimal128Array>()
        .with_precision_and_scale(18, 3)
        .expect("18 digits, 3 of them a fraction, are a decimal type");
    let whole = reports
        .iter()
        .map(|report| Some(report.to_string()))
        .collect::<StringArray>();
    BTreeMap::from([
        ("run_id", text("/run_id")),
        ("job", text("/job")),
        ("table_name", text("/table")),
        ("started_at", moment("/started_at")),
        ("finished_at", moment("/finished_at")),
        ("interval_from", moment("/interval/from")),
        ("interval_to", moment("/interval/to")),
        ("seconds", Arc::new(seconds) as ArrayRef),
        ("status", text("/status")),
        ("decoded", number("/ledger/decoded")),
        ("left_out", number("/ledger/left_out")),
        ("read_rows", number("/ledger/read")),
        ("inserted", number("/ledger/inserted")),
        ("updated", number("/ledger/updated")),
        ("unchanged", number("/ledger/unchanged")),
        ("duplicate", number("/ledger/duplicate")),
        ("quarantined", number("/ledger/quarantined")),
        ("deleted", number("/ledger/deleted")),
        ("bytes", number("/bytes")),
        ("version", number("/version")),
        ("message", text("/message")),
        ("report_json", Arc::new(whole)),
    ])
}
