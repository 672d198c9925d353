//! The newest state of many tables at a glance: version, rows, and how far a column reaches.
//!
//! Whoever watches a lake asks this of every table and again in a minute. Opening a hundred tables to
//! answer takes half a minute, because Delta replays each log into a snapshot with all that a query could
//! want. Here each table costs one listing and its newest commits, of which four words are read:
//! which files there are, how many rows they hold and the bounds of one column.
//!
//! ```text
//! tables/<schema>/<table>/_delta_log/00000000000000000010.checkpoint.parquet   files as of version 10
//!                                    00000000000000000011.json                 what came and went since
//! ```
//! A log in another shape (a checkpoint in parts, a version missing) is told as it is by opening the
//! table: slower, never wrong.

mod files;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::{ColumnName, TableId};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::error::WarehouseError;
use crate::keys::TableKey;
use crate::table::Table;
use crate::warehouse::Warehouse;
use files::Files;

/// How many tables are looked at side by side: enough to hide a store's latency.
const TABLES_AHEAD: usize = 16;
/// How many commits of one table are fetched ahead.
const COMMITS_AHEAD: usize = 4;

/// The newest committed state of a table, without what a query would need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHead {
    /// The number of its newest commit.
    pub version: u64,
    /// When the committing machine thought it was.
    pub committed_at: DateTime<Utc>,
    /// Its rows; `None` if a foreign writer did not count them.
    pub rows: Option<u64>,
    /// Its Parquet files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// The greatest value of the column asked for, as the log writes it (`2025-12`, `2025-12-31`,
    /// `2025-12-31T15:00:00Z`); `None` when no row has one or a file does not tell.
    pub newest: Option<String>,
}

/// Looks at the newest state of each table, and at the greatest value of a column where one is named.
/// Tables that are not stored are left out.
///
/// # Errors
/// The storage fails, or a table cannot be read by this program.
pub async fn heads(
    warehouse: &Warehouse,
    tables: impl IntoIterator<Item = (TableId, Option<ColumnName>)>,
) -> Result<BTreeMap<TableId, TableHead>, WarehouseError> {
    let mut looking = Vec::new();
    for (id, column) in tables {
        looking.push(named_head(warehouse.clone(), id, column).boxed());
    }
    let mut found = stream::iter(looking).buffer_unordered(TABLES_AHEAD);
    let mut heads = BTreeMap::new();
    while let Some((id, head)) = found.try_next().await? {
        heads.extend(head.map(|head| (id, head)));
    }
    Ok(heads)
}

async fn named_head(
    warehouse: Warehouse,
    id: TableId,
    column: Option<ColumnName>,
) -> Result<(TableId, Option<TableHead>), WarehouseError> {
    let head = head(&warehouse, &id, column.as_ref()).await?;
    Ok((id, head))
}

async fn head(
    warehouse: &Warehouse,
    id: &TableId,
    column: Option<&ColumnName>,
) -> Result<Option<TableHead>, WarehouseError> {
    let folder = TableKey::new(id).as_path().clone().join("_delta_log");
    let objects = warehouse.store();
    let Some(log) = Log::list(objects.as_ref(), &folder).await? else {
        return Ok(None);
    };
    let column = column.map(ColumnName::as_str);
    if let Some(head) = log.read(&objects, column).await? {
        return Ok(Some(head));
    }
    opened(warehouse, id, column).await
}

/// What of a log has to be read.
struct Log {
    checkpoint: Option<(u64, Path)>,
    /// The commits since, without gaps.
    commits: Vec<(u64, Path)>,
    is_plain: bool,
}

impl Log {
    /// `None` where there is no table.
    async fn list(objects: &dyn ObjectStore, folder: &Path) -> Result<Option<Log>, WarehouseError> {
        let listing = objects.list_with_delimiter(Some(folder)).await;
        let listing = listing.map_err(|source| WarehouseError::read(folder, source))?;
        let mut checkpoint = None;
        let mut commits = BTreeMap::new();
        let mut in_parts = None;
        for object in listing.objects {
            let Some(name) = object.location.filename() else {
                continue;
            };
            let Some((digits, kind)) = name.split_once('.') else {
                continue;
            };
            let Ok(version) = digits.parse::<u64>() else {
                continue;
            };
            match kind {
                "json" => drop(commits.insert(version, object.location)),
                "checkpoint.parquet" => {
                    checkpoint = checkpoint.max(Some((version, object.location)))
                }
                kind if kind.starts_with("checkpoint.") => in_parts = in_parts.max(Some(version)),
                _ => {}
            }
        }
        if commits.is_empty() && checkpoint.is_none() && in_parts.is_none() {
            return Ok(None);
        }
        let since = checkpoint.as_ref().map(|(version, _)| *version);
        // The commit of the checkpoint itself tells when it was made.
        let commits: Vec<_> = commits.split_off(&since.unwrap_or(0)).into_iter().collect();
        let first = since.unwrap_or(0);
        let without_gaps = (first..)
            .zip(&commits)
            .all(|(wanted, (found, _))| wanted == *found);
        Ok(Some(Log {
            is_plain: !commits.is_empty() && without_gaps && in_parts <= since,
            checkpoint,
            commits,
        }))
    }

    /// `None` where the log is in a shape that only Delta's own reader knows.
    async fn read(
        &self,
        objects: &Arc<dyn ObjectStore>,
        column: Option<&str>,
    ) -> Result<Option<TableHead>, WarehouseError> {
        let Some((newest, _)) = self.commits.last().filter(|_| self.is_plain) else {
            return Ok(None);
        };
        let mut files = Files::new(column);
        let mut since = None;
        if let Some((version, path)) = &self.checkpoint {
            let bytes = get(objects.as_ref(), path).await?;
            if files.read_checkpoint(bytes).is_none() {
                return Ok(None);
            }
            since = Some(*version);
        }
        let mut committed_at = None;
        let mut texts = Vec::new();
        for (version, path) in &self.commits {
            texts.push(commit(Arc::clone(objects), *version, path.clone()).boxed());
        }
        let mut texts = stream::iter(texts).buffered(COMMITS_AHEAD);
        while let Some((version, text)) = texts.try_next().await? {
            let counts = since.is_none_or(|since| version > since);
            match files.read_commit(&text, counts) {
                None => return Ok(None),
                Some(at) => committed_at = at.or(committed_at),
            }
        }
        let Some(committed_at) = committed_at else {
            return Ok(None);
        };
        Ok(Some(TableHead {
            version: *newest,
            committed_at,
            rows: files.rows(),
            files: files.count(),
            bytes: files.bytes(),
            newest: files.newest(),
        }))
    }
}

async fn commit(
    objects: Arc<dyn ObjectStore>,
    version: u64,
    path: Path,
) -> Result<(u64, bytes::Bytes), WarehouseError> {
    Ok((version, get(objects.as_ref(), &path).await?))
}

async fn get(objects: &dyn ObjectStore, path: &Path) -> Result<bytes::Bytes, WarehouseError> {
    let read = async { objects.get(path).await?.bytes().await };
    read.await
        .map_err(|source| WarehouseError::read(path, source))
}

/// The same, told by Delta's own reader.
async fn opened(
    warehouse: &Warehouse,
    id: &TableId,
    column: Option<&str>,
) -> Result<Option<TableHead>, WarehouseError> {
    let Some(table) = Table::open(warehouse, id).await? else {
        return Ok(None);
    };
    let snapshot = table.snapshot().await?;
    let mut files = Files::new(column);
    for file in snapshot.files() {
        let partition = column.and_then(|column| file.partition().get(column));
        files.add(
            file.path().to_owned(),
            file.size_bytes(),
            file.statistics_json(),
            partition.map(str::to_owned),
        );
    }
    let history = snapshot.history(1).await?;
    Ok(Some(TableHead {
        version: snapshot.version(),
        committed_at: history
            .first()
            .map(|entry| entry.committed_at)
            .unwrap_or_default(),
        rows: snapshot.num_rows(),
        files: files.count(),
        bytes: files.bytes(),
        newest: files.newest(),
    }))
}
