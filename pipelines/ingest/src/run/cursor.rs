//! Cursors: where a job's source goes on, kept in the commit of the rows before it.
//!
//! The commit of a run holds, beside its rows, its number (`txn`) and its ledger, the cursor of its
//! source: they are one fact, so that a cursor never tells of rows that are not in the table, whenever
//! the program was stopped.

use serde_json::{Value, json};
use sources::Cursor;
use warehouse::{CommitEntry, Warehouse};

use crate::error::IngestError;
use crate::job::Job;

/// The key of a cursor in the info of a commit.
const COMMIT_KEY: &str = "cursor";

/// Commits that are looked at first; the newest one of a job is mostly among them.
const FIRST_COMMITS: usize = 16;

/// What was kept for a job.
pub(super) enum Kept {
    /// The job has never committed.
    Nothing,
    /// Its newest cursor.
    Cursor(Cursor),
    /// It has committed, and no commit that is still in the log holds a cursor of it.
    Gone,
}

/// The cursor in the newest commit of `job` that has one.
///
/// # Errors
/// The storage fails.
pub(super) async fn last(warehouse: &Warehouse, job: &Job) -> Result<Kept, IngestError> {
    let Some(table) = warehouse.existing_table(&job.table).await? else {
        return Ok(Kept::Nothing);
    };
    let snapshot = table.snapshot().await?;
    let application = job.name.as_str();
    if snapshot.transaction_version(application).await?.is_none() {
        return Ok(Kept::Nothing);
    }
    let mut seen = 0;
    for limit in [FIRST_COMMITS, usize::MAX] {
        let entries = snapshot.history(limit).await?;
        let mut unseen = entries.iter().skip(seen);
        if let Some(cursor) = unseen.find_map(|entry| of_entry(entry, application)) {
            return Ok(Kept::Cursor(cursor));
        }
        seen = entries.len();
    }
    Ok(Kept::Gone)
}

fn of_entry(entry: &CommitEntry, application: &str) -> Option<Cursor> {
    let kept = entry.info.get(COMMIT_KEY)?;
    if kept["job"] != application {
        return None;
    }
    serde_json::from_value(kept["at"].clone()).ok()
}

/// The entry of a commit's info.
pub(super) fn entry(job: &Job, cursor: &Cursor) -> (String, Value) {
    (
        COMMIT_KEY.to_owned(),
        json!({ "job": job.name.as_str(), "at": cursor.as_json() }),
    )
}
