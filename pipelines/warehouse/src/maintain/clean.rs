//! Files of a table that nothing names any more.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::operations::vacuum::{Clock, VacuumMode};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::Error as StoreError;
use object_store::path::Path;

use crate::error::WarehouseError;
use crate::maintain::{MaintainOptions, TableReport};
use crate::table::Table;

/// Delta works out which files neither the newest state nor one of the kept versions names; what
/// of them this program wrote is removed. Delta itself would also remove any other file that lies
/// in the directory, and would write two commits about it, which move the version of a table whose
/// rows did not change.
pub(super) async fn clean(
    table: &Table,
    options: &MaintainOptions,
    kept_versions: &[u64],
    report: &mut TableReport,
) -> Result<(), WarehouseError> {
    let failed = |source| WarehouseError::table(table.id(), source);
    let mut delta = DeltaTable::new(table.log().clone());
    delta.load().await.map_err(failed)?;
    let (_, plan) = delta
        .vacuum()
        .with_mode(VacuumMode::Full)
        .with_dry_run(true)
        .with_retention_period(options.retention)
        .with_enforce_retention_duration(false)
        .with_keep_versions(kept_versions)
        .with_clock(Arc::new(At(options.now)))
        .await
        .map_err(failed)?;
    let sizes = sizes(table).await?;
    let mut doomed = Vec::new();
    for name in plan.files_deleted {
        if !is_data_file(&name) {
            report.foreign_files.push(name);
            continue;
        }
        // What is no longer there was removed before; its tombstone is still in the log.
        if let Some(size) = sizes.get(&name) {
            report.removed.add(*size);
            doomed.push(Path::parse(&name).map_err(|source| WarehouseError::read(&name, source))?);
        }
    }
    report.foreign_files.sort();
    if options.dry_run || doomed.is_empty() {
        return Ok(());
    }
    let objects = table.log().object_store(None);
    let doomed = stream::iter(doomed.into_iter().map(Ok)).boxed();
    let mut deleted = objects.delete_stream(doomed);
    while let Some(result) = deleted.next().await {
        match result {
            Ok(_) | Err(StoreError::NotFound { .. }) => {}
            Err(source) => return Err(WarehouseError::write(table.id(), source)),
        }
    }
    Ok(())
}

/// Whether the name is one that Delta's writer gives: `[…/]part-….parquet`.
fn is_data_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("part-") && name.ends_with(".parquet")
}

async fn sizes(table: &Table) -> Result<HashMap<String, u64>, WarehouseError> {
    let objects = table.log().object_store(None);
    let listing = objects.list(None);
    listing
        .map_ok(|object| (object.location.to_string(), object.size))
        .try_collect()
        .await
        .map_err(|source| WarehouseError::read(table.id(), source))
}

/// The present moment as the caller says it.
#[derive(Debug)]
struct At(DateTime<Utc>);

impl Clock for At {
    fn current_timestamp_millis(&self) -> i64 {
        self.0.timestamp_millis()
    }
}
