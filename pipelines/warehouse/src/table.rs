//! A Delta table of the lake.
//!
//! Begin with [`Table::snapshot`] to read and [`Table::write`] + [`Table::commit`] to change. What
//! other programs see is a plain Delta table: reader version 1, writer version 2, no deletion
//! vectors, no column mapping, no change data feed; zstd Parquet files under
//! `<partition column>=<value>/`, sorted by the contract's key.
//!
//! - [`create`], [`evolve`]: contract to table
//! - [`snapshot`], [`statistics`], [`provider`]: table to rows
//! - [`commit`], [`log`]: what a change is, and what changed
//! - [`head`]: how the newest states of many tables stand, at a glance
//!
//! Not here: turning rows into files (`sink`), compaction and clean-up (`maintain`).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use contracts::{Contract, TableId};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use deltalake::kernel::Metadata;
use deltalake::logstore::LogStoreRef;
use deltalake::operations::write::WriterStatsConfig;

use crate::error::WarehouseError;
use crate::keys::TableKey;
use crate::partition::PartitionValues;
use crate::sink::{self, WrittenFiles};
use crate::warehouse::Warehouse;

pub(crate) mod commit;
mod create;
mod evolve;
mod head;
mod log;
mod provider;
mod snapshot;
mod statistics;

pub use commit::{Change, ConflictCause, Removal};
pub use evolve::EvolutionFault;
pub use head::{TableHead, heads};
pub use log::CommitEntry;
pub use snapshot::{DataFile, Snapshot};

pub(crate) use create::KEY_PROPERTY;

/// How often opening a table starts again because somebody else created or evolved it meanwhile.
const OPEN_ATTEMPTS: usize = 8;

/// A table of the lake. Cheap to clone.
#[derive(Clone)]
pub struct Table {
    shared: Arc<Shared>,
}

struct Shared {
    id: TableId,
    key: TableKey,
    log: LogStoreRef,
    warehouse: Warehouse,
    layout: Layout,
    renewal: Option<Renewal>,
}

/// A form the rows stored cannot bear: the table takes it on when all of them are replaced.
#[derive(Clone)]
pub(crate) struct Renewal {
    pub(crate) metadata: Metadata,
    pub(crate) faults: Vec<EvolutionFault>,
}

/// What a table's files look like.
#[derive(Clone)]
pub(crate) struct Layout {
    /// All columns in table order.
    pub(crate) schema: SchemaRef,
    /// Those that are in the directory names and not in the files.
    pub(crate) partition_by: Vec<String>,
    /// Those the rows of a file are sorted by.
    pub(crate) key: Vec<String>,
    /// Those whose bounds the log keeps.
    pub(crate) bounded: WriterStatsConfig,
}

impl Table {
    /// The table as stored, made or evolved so that it fits `contract`.
    pub(crate) async fn open_or_create(
        warehouse: &Warehouse,
        contract: &Contract,
    ) -> Result<Self, WarehouseError> {
        for _ in 0..OPEN_ATTEMPTS {
            let Some(table) = Self::open(warehouse, &contract.id).await? else {
                create::create(warehouse, contract).await?;
                continue;
            };
            let snapshot = table.snapshot().await?;
            match evolve::evolution(contract, &snapshot)? {
                None => return Ok(table),
                Some(metadata) => {
                    let committed = commit::commit_metadata(&table, &snapshot, metadata).await;
                    match committed {
                        Ok(_) | Err(WarehouseError::Conflict { .. }) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Err(WarehouseError::Contended {
            table: contract.id.clone(),
            attempts: OPEN_ATTEMPTS,
        })
    }

    /// As [`open_or_create`](Self::open_or_create); but where the rows stored cannot bear `contract`, the
    /// table in the form of `contract`, which it takes on with the first change that replaces all rows.
    pub(crate) async fn open_or_renew(
        warehouse: &Warehouse,
        contract: &Contract,
    ) -> Result<Self, WarehouseError> {
        let faults = match Self::open_or_create(warehouse, contract).await {
            Err(WarehouseError::Evolution { faults, .. }) => faults,
            opened => return opened,
        };
        let Some(stored) = Self::open(warehouse, &contract.id).await? else {
            return Err(WarehouseError::TableGone {
                table: contract.id.clone(),
            });
        };
        let snapshot = stored.snapshot().await?;
        let (metadata, layout) = evolve::renewal(contract, &snapshot)?;
        Ok(Self {
            shared: Arc::new(Shared {
                id: contract.id.clone(),
                key: TableKey::new(&contract.id),
                log: stored.log().clone(),
                warehouse: warehouse.clone(),
                layout,
                renewal: Some(Renewal { metadata, faults }),
            }),
        })
    }

    /// The table as stored; `None` if it is not there.
    pub(crate) async fn open(
        warehouse: &Warehouse,
        id: &TableId,
    ) -> Result<Option<Self>, WarehouseError> {
        let key = TableKey::new(id);
        let log = warehouse.lake_store().log_store(&key);
        let Some(newest) = snapshot::load(id, &log, None).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            shared: Arc::new(Shared {
                id: id.clone(),
                key,
                log,
                warehouse: warehouse.clone(),
                layout: snapshot::layout(&newest),
                renewal: None,
            }),
        }))
    }

    /// Whether there is a Delta log where the table `id` would be.
    pub(crate) async fn is_stored(
        warehouse: &Warehouse,
        id: &TableId,
    ) -> Result<bool, WarehouseError> {
        let log = warehouse.lake_store().log_store(&TableKey::new(id));
        log.is_delta_table_location()
            .await
            .map_err(|source| WarehouseError::table(id, source))
    }

    /// The table's name.
    pub fn id(&self) -> &TableId {
        &self.shared.id
    }

    /// Where its files are.
    pub fn key(&self) -> &TableKey {
        &self.shared.key
    }

    /// All columns, in table order, with units and titles in the fields' metadata.
    pub fn schema(&self) -> SchemaRef {
        self.shared.layout.schema.clone()
    }

    /// The partition columns, in order.
    pub fn partition_by(&self) -> &[String] {
        &self.shared.layout.partition_by
    }

    /// The key columns, in order: rows of a file are sorted by them.
    pub fn key_columns(&self) -> &[String] {
        &self.shared.layout.key
    }

    /// The newest committed state.
    ///
    /// # Errors
    /// The storage fails, or the table cannot be read by this program.
    pub async fn snapshot(&self) -> Result<Snapshot, WarehouseError> {
        Snapshot::load(self, None).await
    }

    /// The state at `version`, as long as it is kept.
    ///
    /// # Errors
    /// As [`snapshot`](Self::snapshot), and [`WarehouseError::VersionMissing`].
    pub async fn snapshot_at(&self, version: u64) -> Result<Snapshot, WarehouseError> {
        Snapshot::load(self, Some(version)).await
    }

    /// Runs `plan` and writes its rows to new files, which nobody sees until they are committed.
    ///
    /// Columns are matched by name, in any order, and cast where nothing can be lost. Rows come
    /// in any order; they are brought together by partition, sorted by partition and key, and
    /// written by as many tasks as the session has partitions. Memory is bounded by the session's
    /// pool (sorting spills) plus one file buffer a task.
    ///
    /// # Errors
    /// [`WarehouseError::Columns`] with every column that does not fit, before anything runs;
    /// whatever the plan or the storage fail with. Files finished before an error are deleted.
    pub async fn write(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        session: &SessionContext,
    ) -> Result<WrittenFiles, WarehouseError> {
        sink::write_plan(self, plan, session).await
    }

    /// Writes rows that come sorted by partition, then key, to new files, which nobody sees until
    /// they are committed. One file is open at a time; nothing is sorted or kept.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_stream(
        &self,
        sorted: SendableRecordBatchStream,
    ) -> Result<WrittenFiles, WarehouseError> {
        sink::write_stream(self, sorted).await
    }

    /// Commits `change`, made on the state `on`, as one new version; returns the version.
    ///
    /// Other commits may have come in between as long as they touch other partitions: the change
    /// then holds on top of theirs as it held on `on`.
    ///
    /// # Errors
    /// [`WarehouseError::Conflict`] if one of them touches the same partition, carries the same
    /// `txn` application, or changes the schema: read the table again and make the change anew.
    /// [`WarehouseError::AlreadyCommitted`] if `on` already holds this `txn`.
    pub async fn commit(&self, on: &Snapshot, change: Change) -> Result<u64, WarehouseError> {
        commit::commit(self, on, change).await
    }

    /// The partitions whose rows differ between two versions, in either order.
    ///
    /// Compaction, clean-up and metadata changes do not count. Where the log between the versions
    /// is gone, the two states are compared file by file, which counts compaction too.
    ///
    /// # Errors
    /// The storage fails; neither the log nor the older state is kept.
    pub async fn changed_partitions(
        &self,
        from: u64,
        to: u64,
    ) -> Result<BTreeSet<PartitionValues>, WarehouseError> {
        log::changed_partitions(self, from, to).await
    }

    /// The newest commits, newest first.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn history(&self, limit: usize) -> Result<Vec<CommitEntry>, WarehouseError> {
        let newest = self.snapshot().await?;
        newest.history(limit).await
    }

    /// The version of the last checkpoint; `None` if there is none.
    pub(crate) async fn last_checkpoint(&self) -> Result<Option<u64>, WarehouseError> {
        log::last_checkpoint(self).await
    }

    pub(crate) fn log(&self) -> &LogStoreRef {
        &self.shared.log
    }

    pub(crate) fn warehouse(&self) -> &Warehouse {
        &self.shared.warehouse
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    pub(crate) fn renewal(&self) -> Option<&Renewal> {
        self.shared.renewal.as_ref()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Table({})", self.shared.id)
    }
}
