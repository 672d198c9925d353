//! What a mart's log says of its builds, and whether that still holds.
//!
//! Each build writes `"build": {"mart", "model_hash", "inputs": {table: version}, "rows",
//! "partitions", "built_at"}` into its commit info; `null` stands for a table that was not there. Compaction and
//! clean-up add commits without it, so the newest commit that has it counts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::TableId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use warehouse::Snapshot;

use crate::error::TransformError;

/// The key in the commit info.
const KEY: &str = "build";
/// How many commits back a build is looked for: maintenance adds a few between two builds.
const LOOK_BACK: u64 = 50;

/// What a mart was built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuildInfo {
    /// The mart.
    pub mart: String,
    /// The hash of its SQL and that of the views below it.
    pub model_hash: String,
    /// The version of each stored table it read; `None` for one that was not there.
    pub inputs: BTreeMap<TableId, Option<u64>>,
    /// Its rows.
    pub rows: u64,
    /// The partitions that were computed, the others having stayed as they were; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<String>>,
    /// When.
    pub built_at: DateTime<Utc>,
}

impl BuildInfo {
    /// As commit info.
    pub fn into_info(self) -> Map<String, Value> {
        let value = serde_json::to_value(self).expect("build info has text keys only");
        Map::from_iter([(KEY.to_owned(), value)])
    }
}

/// What the newest build in the log of `snapshot` wrote; `None` when there is none near.
pub(crate) async fn last_build(snapshot: &Snapshot) -> Result<Option<BuildInfo>, TransformError> {
    let newest = snapshot.version();
    for version in (newest.saturating_sub(LOOK_BACK)..=newest).rev() {
        let Some(mut info) = snapshot.commit_info(version).await? else {
            return Ok(None);
        };
        if let Some(value) = info.remove(KEY) {
            return Ok(serde_json::from_value(value).ok());
        }
    }
    Ok(None)
}

/// Whether the rows of a table are the same in the version a build read and in `now`.
///
/// Compaction makes versions without changing rows; when the log no longer tells, rows count as
/// changed.
pub(crate) async fn is_unchanged(then: Option<u64>, now: Option<&Snapshot>) -> bool {
    match (then, now) {
        (None, None) => true,
        (Some(then), Some(now)) if then == now.version() => true,
        (Some(then), Some(now)) => now
            .table()
            .changed_partitions(then, now.version())
            .await
            .is_ok_and(|changed| changed.is_empty()),
        _ => false,
    }
}
