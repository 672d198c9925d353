//! What the Delta log says about single commits.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use deltalake::kernel::{Action, CommitInfo};
use deltalake::logstore::get_actions;
use object_store::{Error as StoreError, ObjectStoreExt as _};
use serde_json::{Map, Value};

use crate::error::WarehouseError;
use crate::partition::PartitionValues;
use crate::table::{Snapshot, Table};

/// One commit, as the log tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitEntry {
    /// The version it made.
    pub version: u64,
    /// When the committing machine thought it was.
    pub committed_at: DateTime<Utc>,
    /// What Delta calls it: `WRITE`, `CREATE TABLE`, `OPTIMIZE`.
    pub operation: String,
    /// What whoever committed added: a run's ledger, a build's inputs.
    pub info: Map<String, Value>,
}

/// The actions of one commit; `None` once the log no longer has it.
pub(super) async fn actions(
    table: &Table,
    version: u64,
) -> Result<Option<Vec<Action>>, WarehouseError> {
    let failed = |source| WarehouseError::table(table.id(), source);
    let Some(bytes) = table
        .log()
        .read_commit_entry(version)
        .await
        .map_err(failed)?
    else {
        return Ok(None);
    };
    get_actions(version, &bytes).map(Some).map_err(failed)
}

/// The entry of one commit; `None` once the log no longer has it.
pub(super) async fn entry(
    table: &Table,
    version: u64,
) -> Result<Option<CommitEntry>, WarehouseError> {
    let Some(actions) = actions(table, version).await? else {
        return Ok(None);
    };
    let info = actions.into_iter().find_map(|action| match action {
        Action::CommitInfo(info) => Some(info),
        _ => None,
    });
    Ok(Some(commit_entry(version, info.unwrap_or_default())))
}

fn commit_entry(version: u64, commit: CommitInfo) -> CommitEntry {
    let millis = commit.timestamp.unwrap_or_default();
    CommitEntry {
        version,
        committed_at: DateTime::from_timestamp_millis(millis).unwrap_or_default(),
        operation: commit.operation.unwrap_or_default(),
        info: commit.info.into_iter().collect(),
    }
}

/// The partitions whose rows differ between the versions.
pub(super) async fn changed_partitions(
    table: &Table,
    from: u64,
    to: u64,
) -> Result<BTreeSet<PartitionValues>, WarehouseError> {
    let (older, newer) = (from.min(to), from.max(to));
    let mut changed = BTreeSet::new();
    for version in older + 1..=newer {
        let Some(actions) = actions(table, version).await? else {
            return compare_states(table, older, newer).await;
        };
        for action in &actions {
            match touched(table, action) {
                Touch::Rows(partition) => changed.insert(partition),
                // Other writers may leave the partition of a removal out.
                Touch::Unknown => return compare_states(table, older, newer).await,
                Touch::Layout(_) | Touch::Nothing => continue,
            };
        }
    }
    Ok(changed)
}

/// What an action does to a partition.
pub(super) enum Touch {
    /// Rows come or go.
    Rows(PartitionValues),
    /// Files come or go, rows stay: compaction.
    Layout(PartitionValues),
    /// A file goes and the log does not say from where.
    Unknown,
    Nothing,
}

pub(super) fn touched(table: &Table, action: &Action) -> Touch {
    let partition = |values: &HashMap<String, Option<String>>| {
        PartitionValues::from_action(table.partition_by(), values)
    };
    let touch = |partition, data_change| {
        if data_change {
            Touch::Rows(partition)
        } else {
            Touch::Layout(partition)
        }
    };
    match action {
        Action::Add(add) => touch(partition(&add.partition_values), add.data_change),
        Action::Remove(remove) => match &remove.partition_values {
            Some(values) => touch(partition(values), remove.data_change),
            None if table.partition_by().is_empty() => {
                touch(PartitionValues::default(), remove.data_change)
            }
            None => Touch::Unknown,
        },
        _ => Touch::Nothing,
    }
}

/// The version that `_last_checkpoint` names.
pub(super) async fn last_checkpoint(table: &Table) -> Result<Option<u64>, WarehouseError> {
    let path = table.log().log_path().clone().join("_last_checkpoint");
    let objects = table.log().object_store(None);
    let bytes = match objects.get(&path).await {
        Ok(object) => object.bytes().await,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(source) => Err(source),
    };
    let bytes = bytes.map_err(|source| WarehouseError::read(table.id(), source))?;
    // A hint to readers: one that cannot be read is as good as none.
    let hint: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(hint["version"].as_u64())
}

async fn compare_states(
    table: &Table,
    older: u64,
    newer: u64,
) -> Result<BTreeSet<PartitionValues>, WarehouseError> {
    let files = |snapshot: &Snapshot| -> BTreeSet<(String, PartitionValues)> {
        let files = snapshot.files().iter();
        files
            .map(|file| (file.path().to_owned(), file.partition().clone()))
            .collect()
    };
    let older = files(&table.snapshot_at(older).await?);
    let newer = files(&table.snapshot_at(newer).await?);
    let differing = older.symmetric_difference(&newer);
    Ok(differing.map(|(_, partition)| partition.clone()).collect())
}
