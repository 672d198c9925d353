//! Small files of a partition become one, in the order of the key.
//!
//! Delta's own compaction concatenates files as they come, which loses the order that makes them
//! small and quick to search; this one reads them through a sort. No row comes or goes, and the
//! commit says so, so nothing that is built from the table is built again.

use std::collections::{BTreeMap, HashSet};

use crate::error::WarehouseError;
use crate::maintain::{MaintainOptions, TableReport};
use crate::partition::PartitionValues;
use crate::progress::Progress;
use crate::sink::{self, TARGET_FILE_BYTES};
use crate::table::{DataFile, Snapshot, Table, commit};

/// A file smaller than this is small.
const SMALL_FILE_BYTES: u64 = TARGET_FILE_BYTES / 2;

pub(super) async fn compact(
    table: &Table,
    options: &MaintainOptions,
    report: &mut TableReport,
    progress: &dyn Progress,
) -> Result<(), WarehouseError> {
    let snapshot = table.snapshot().await?;
    for files in small_files(&snapshot, options.min_small_files) {
        let bytes = files.iter().map(|file| file.size_bytes()).sum();
        if options.dry_run {
            report.compacted_partitions += 1;
            report.files_before += files.len();
            report.files_after += 1;
            continue;
        }
        match rewrite(table, &snapshot, &files).await {
            Ok((rows, files_after)) => {
                report.compacted_partitions += 1;
                report.files_before += files.len();
                report.files_after += files_after;
                progress.advance(rows, bytes);
            }
            // The partition is being written: its turn comes next time.
            Err(WarehouseError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The small files of each partition that has enough of them.
fn small_files(snapshot: &Snapshot, at_least: usize) -> Vec<Vec<&DataFile>> {
    let mut partitions: BTreeMap<&PartitionValues, Vec<&DataFile>> = BTreeMap::new();
    for file in snapshot.files() {
        if file.size_bytes() < SMALL_FILE_BYTES {
            partitions.entry(file.partition()).or_default().push(file);
        }
    }
    let worthwhile = |files: &Vec<&DataFile>| files.len() >= at_least.max(2);
    partitions.into_values().filter(worthwhile).collect()
}

/// Gives the rows rewritten and the files they are in now.
async fn rewrite(
    table: &Table,
    snapshot: &Snapshot,
    files: &[&DataFile],
) -> Result<(u64, usize), WarehouseError> {
    let memory = table.warehouse().memory_bytes();
    let failed = |source| WarehouseError::compute(table.id(), memory, source);
    let paths: HashSet<&str> = files.iter().map(|file| file.path()).collect();
    let session = table.warehouse().session();
    let provider = snapshot.provider_where(|file| paths.contains(file.path()));
    let rows = session.read_table(provider).map_err(failed)?;
    let plan = rows.create_physical_plan().await.map_err(failed)?;
    let written = table.write(plan, &session).await?;
    let (rows, files_after) = (written.rows(), written.len());
    let rows_before: Option<u64> = files.iter().map(|file| file.rows()).sum();
    if rows_before.is_some_and(|rows_before| rows_before != rows) {
        let paths = written.paths().map(str::to_owned).collect();
        sink::discard(table, paths).await;
        return Err(WarehouseError::RowsLost {
            table: table.id().clone(),
            before: rows_before.unwrap_or_default(),
            after: rows,
        });
    }
    commit::commit_compaction(table, snapshot, files, written, TARGET_FILE_BYTES).await?;
    Ok((rows, files_after))
}
