//! Upkeep: fewer files, shorter logs, less space, and every kept publication still readable.
//!
//! In order: publications older than the caller says are retired; then for each table small files
//! of a partition become one sorted file, the log gets a checkpoint, and files that neither the
//! newest state nor a kept publication names are removed once they are old enough; then what broken
//! writes left behind is swept. Landing is never touched. A table that fails is reported and does
//! not stop the others.
//!
//! - [`compact`], [`clean`]: one table
//! - [`sweep`]: what no table knows of

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::TableId;
use serde::Serialize;

use crate::error::WarehouseError;
use crate::progress::Progress;
use crate::publication::Publication;
use crate::table::{Table, commit};
use crate::warehouse::Warehouse;

mod clean;
mod compact;
mod sweep;

/// Files must be kept for longer than the longest write takes: they are written long before the
/// commit that makes them part of a table.
const LEAST_RETENTION: TimeDelta = TimeDelta::hours(24);

/// Commits after the last checkpoint above which upkeep writes one.
const COMMITS_WITHOUT_CHECKPOINT: u64 = 5;

/// What upkeep may do.
#[derive(Clone, Debug)]
pub struct MaintainOptions {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// How long files stay after nothing names them any more; at least 24 hours.
    pub retention: TimeDelta,
    /// Publications older than this are retired first, except the newest and those pinned; none
    /// are if absent.
    pub retire_older_than: Option<TimeDelta>,
    /// Small files of one partition from which on they are made one.
    pub min_small_files: usize,
    /// Only say what would be done.
    pub dry_run: bool,
}

impl MaintainOptions {
    /// The usual upkeep: files stay seven days, four small files become one, publications stay.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            retention: TimeDelta::days(7),
            retire_older_than: None,
            min_small_files: 4,
            dry_run: false,
        }
    }
}

/// What upkeep did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MaintainReport {
    /// Whether nothing was really done.
    pub is_dry_run: bool,
    /// Publications retired.
    pub retired: Vec<u64>,
    /// Table by table.
    pub tables: Vec<TableReport>,
    /// Leftovers of broken writes that were removed.
    pub swept: Removed,
}

/// What upkeep did to one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The table.
    pub table: TableId,
    /// Partitions whose small files became one.
    pub compacted_partitions: usize,
    /// Small files that went.
    pub files_before: usize,
    /// Files that came for them.
    pub files_after: usize,
    /// The version a checkpoint was written of.
    pub checkpoint: Option<u64>,
    /// Files nothing named any more.
    pub removed: Removed,
    /// Files in the table's directory that this program did not write; left alone.
    pub foreign_files: Vec<String>,
    /// Why the upkeep of the table stopped, if it did.
    pub problem: Option<String>,
}

/// Files removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// How many.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
}

impl Removed {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// Does the upkeep of the whole lake.
///
/// # Errors
/// [`WarehouseError::RetentionTooShort`]; publications or the list of tables cannot be read. What
/// goes wrong with single tables is in their reports.
pub async fn maintain(
    warehouse: &Warehouse,
    options: MaintainOptions,
    progress: &dyn Progress,
) -> Result<MaintainReport, WarehouseError> {
    if options.retention < LEAST_RETENTION {
        return Err(WarehouseError::RetentionTooShort {
            hours: options.retention.num_hours(),
            minimum_hours: LEAST_RETENTION.num_hours(),
        });
    }
    let retired = retire(warehouse, &options).await?;
    let mut kept = warehouse.publications().kept().await?;
    // In a dry run they were not really retired.
    kept.retain(|publication| !retired.contains(&publication.number));
    let kept_versions = versions_by_table(&kept);

    let mut tables = Vec::new();
    for id in warehouse.table_ids().await? {
        progress.step(&format!("upkeep of {id}"));
        let versions = kept_versions
            .get(&id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut report = TableReport::new(id);
        if let Err(error) = table(warehouse, &options, versions, &mut report, progress).await {
            report.problem = Some(describe(&error));
        }
        tables.push(report);
    }
    progress.step("sweep");
    let swept = sweep::sweep(warehouse, &options).await?;
    progress.done();
    Ok(MaintainReport {
        is_dry_run: options.dry_run,
        retired,
        tables,
        swept,
    })
}

async fn table(
    warehouse: &Warehouse,
    options: &MaintainOptions,
    kept_versions: &[u64],
    report: &mut TableReport,
    progress: &dyn Progress,
) -> Result<(), WarehouseError> {
    let Some(table) = warehouse.existing_table(&report.table).await? else {
        return Ok(());
    };
    compact::compact(&table, options, report, progress).await?;
    checkpoint(&table, options, report).await?;
    clean::clean(&table, options, kept_versions, report).await
}

/// Retires publications the caller no longer wants; gives their numbers.
async fn retire(
    warehouse: &Warehouse,
    options: &MaintainOptions,
) -> Result<Vec<u64>, WarehouseError> {
    let Some(age) = options.retire_older_than else {
        return Ok(Vec::new());
    };
    let publications = warehouse.publications();
    let mut kept = publications.kept().await?;
    kept.pop();
    let mut retired = Vec::new();
    for publication in kept {
        let number = publication.number;
        let is_old = publication.created_at < options.now - age;
        if !is_old || publications.is_pinned(number).await? {
            continue;
        }
        if !options.dry_run {
            publications.retire(number).await?;
        }
        retired.push(number);
    }
    Ok(retired)
}

async fn checkpoint(
    table: &Table,
    options: &MaintainOptions,
    report: &mut TableReport,
) -> Result<(), WarehouseError> {
    let newest = table.snapshot().await?.version();
    let last = table.last_checkpoint().await?;
    let commits_since = newest - last.unwrap_or_default();
    if commits_since < COMMITS_WITHOUT_CHECKPOINT {
        return Ok(());
    }
    if !options.dry_run {
        commit::checkpoint(table, newest).await?;
    }
    report.checkpoint = Some(newest);
    Ok(())
}

fn versions_by_table(publications: &[Publication]) -> BTreeMap<TableId, Vec<u64>> {
    let mut versions: BTreeMap<TableId, Vec<u64>> = BTreeMap::new();
    for publication in publications {
        for (table, version) in &publication.tables {
            versions.entry(table.clone()).or_default().push(*version);
        }
    }
    for versions in versions.values_mut() {
        versions.sort_unstable();
        versions.dedup();
    }
    versions
}

impl TableReport {
    fn new(table: TableId) -> Self {
        Self {
            table,
            compacted_partitions: 0,
            files_before: 0,
            files_after: 0,
            checkpoint: None,
            removed: Removed::default(),
            foreign_files: Vec::new(),
            problem: None,
        }
    }
}

/// The error and its causes in one line, for a report that outlives it.
fn describe(error: &WarehouseError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
