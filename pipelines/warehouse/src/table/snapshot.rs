//! One committed state of a table: its schema, its files, its history.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use contracts::TableId;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::Statistics;
use deltalake::DeltaTableError;
use deltalake::kernel::{EagerSnapshot, LogicalFileView, Metadata, StructType};
use deltalake::logstore::LogStoreRef;
use deltalake::operations::write::WriterStatsConfig;
use serde_json::{Map, Value};

use crate::error::WarehouseError;
use crate::partition::PartitionValues;
use crate::table::provider::SnapshotProvider;
use crate::table::{CommitEntry, KEY_PROPERTY, Layout, Table, log, statistics};

/// One committed state of a table. It never changes; cheap to clone.
#[derive(Clone)]
pub struct Snapshot {
    shared: Arc<Shared>,
}

struct Shared {
    table: Table,
    delta: EagerSnapshot,
    layout: Layout,
    files: Vec<DataFile>,
    statistics: OnceLock<Vec<Arc<Statistics>>>,
}

/// One Parquet file of a table.
#[derive(Clone, Debug)]
pub struct DataFile {
    path: String,
    partition: PartitionValues,
    size_bytes: u64,
    rows: Option<u64>,
    written_at: DateTime<Utc>,
    statistics: Option<String>,
}

impl DataFile {
    /// Its path below the table's directory.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The partition its rows are in.
    pub fn partition(&self) -> &PartitionValues {
        &self.partition
    }

    /// Its size.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Its rows, if the writer counted them; this program always does.
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// When it was finished.
    pub fn written_at(&self) -> DateTime<Utc> {
        self.written_at
    }

    /// Delta's statistics of it, in JSON.
    pub(super) fn statistics_json(&self) -> Option<&str> {
        self.statistics.as_deref()
    }
}

impl Snapshot {
    pub(super) async fn load(table: &Table, version: Option<u64>) -> Result<Self, WarehouseError> {
        let missing = || async {
            match load(table.id(), table.log(), None).await {
                Ok(Some(newest)) => WarehouseError::VersionMissing {
                    table: table.id().clone(),
                    version: version.unwrap_or_default(),
                    newest: newest.version(),
                },
                Ok(None) => WarehouseError::TableGone {
                    table: table.id().clone(),
                },
                Err(error) => error,
            }
        };
        let delta = match load(table.id(), table.log(), version).await {
            Ok(Some(delta)) => delta,
            Ok(None) => return Err(missing().await),
            Err(error) => {
                // Delta has no error of its own for a version that is not there.
                let newest = match version {
                    Some(_) => load(table.id(), table.log(), None).await?,
                    None => None,
                };
                match newest {
                    Some(newest) if version.is_some_and(|version| version > newest.version()) => {
                        return Err(missing().await);
                    }
                    _ => return Err(error),
                }
            }
        };
        let layout = layout(&delta);
        let files = files(table.id(), &delta, &layout)?;
        Ok(Self {
            shared: Arc::new(Shared {
                table: table.clone(),
                delta,
                layout,
                files,
                statistics: OnceLock::new(),
            }),
        })
    }

    /// The table this is a state of.
    pub fn table(&self) -> &Table {
        &self.shared.table
    }

    /// The number of the commit that made this state.
    pub fn version(&self) -> u64 {
        self.shared.delta.version()
    }

    /// All columns, in table order, with units and titles in the fields' metadata.
    pub fn schema(&self) -> SchemaRef {
        self.shared.layout.schema.clone()
    }

    /// The partition columns, in order.
    pub fn partition_by(&self) -> &[String] {
        &self.shared.layout.partition_by
    }

    /// The files, in the order of their partitions and paths.
    pub fn files(&self) -> &[DataFile] {
        &self.shared.files
    }

    /// The partitions that have files.
    pub fn partitions(&self) -> BTreeSet<PartitionValues> {
        let files = self.shared.files.iter();
        files.map(|file| file.partition.clone()).collect()
    }

    /// The number of rows; `None` if a foreign writer did not count them.
    pub fn num_rows(&self) -> Option<u64> {
        self.shared.files.iter().map(DataFile::rows).sum()
    }

    /// The last number that the application `application` committed up to this state.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn transaction_version(
        &self,
        application: &str,
    ) -> Result<Option<i64>, WarehouseError> {
        let table = &self.shared.table;
        let log = table.log().as_ref();
        let version = self
            .shared
            .delta
            .transaction_version(log, application)
            .await;
        version.map_err(|source| WarehouseError::table(table.id(), source))
    }

    /// The rows, for a query; nothing is read before it runs.
    pub fn provider(&self) -> Arc<dyn TableProvider> {
        self.provider_where(|_| true)
    }

    /// The rows of `partitions` only; the files of others are not touched.
    pub fn provider_of(&self, partitions: &BTreeSet<PartitionValues>) -> Arc<dyn TableProvider> {
        self.provider_where(|file| partitions.contains(file.partition()))
    }

    /// The rows of the files `is_wanted` says.
    pub(crate) fn provider_where(
        &self,
        is_wanted: impl Fn(&DataFile) -> bool,
    ) -> Arc<dyn TableProvider> {
        let files = self.shared.files.iter().enumerate();
        let wanted = files
            .filter(|(_, file)| is_wanted(file))
            .map(|(index, _)| index);
        Arc::new(SnapshotProvider::new(self.clone(), wanted.collect()))
    }

    /// What whoever made `version` added to its commit; `None` once the log no longer has it.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn commit_info(
        &self,
        version: u64,
    ) -> Result<Option<Map<String, Value>>, WarehouseError> {
        let entry = log::entry(&self.shared.table, version).await?;
        Ok(entry.map(|entry| entry.info))
    }

    /// The commits up to this state, newest first, at most `limit`.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn history(&self, limit: usize) -> Result<Vec<CommitEntry>, WarehouseError> {
        let mut entries = Vec::new();
        for version in (0..=self.version()).rev().take(limit) {
            match log::entry(&self.shared.table, version).await? {
                Some(entry) => entries.push(entry),
                None => break,
            }
        }
        Ok(entries)
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    pub(super) fn delta(&self) -> &EagerSnapshot {
        &self.shared.delta
    }

    pub(super) fn metadata(&self) -> &Metadata {
        self.shared.delta.metadata()
    }

    pub(super) fn kernel_schema(&self) -> Arc<StructType> {
        self.shared.delta.schema()
    }

    /// The statistics of each file, in the order of [`files`](Self::files), over the schema's
    /// columns in table order.
    pub(super) fn statistics(&self) -> &[Arc<Statistics>] {
        self.shared.statistics.get_or_init(|| {
            let files = self.shared.files.iter();
            files
                .map(|file| Arc::new(statistics::of_file(file, &self.shared.layout)))
                .collect()
        })
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Snapshot({}@{})",
            self.shared.table.id(),
            self.version()
        )
    }
}

/// Reads the log up to `version`; `None` if there is no table.
pub(super) async fn load(
    table: &TableId,
    log: &LogStoreRef,
    version: Option<u64>,
) -> Result<Option<EagerSnapshot>, WarehouseError> {
    match EagerSnapshot::try_new(log.as_ref(), version).await {
        Ok(snapshot) => {
            refuse_unsupported(table, &snapshot)?;
            Ok(Some(snapshot))
        }
        Err(DeltaTableError::NotATable(_)) => Ok(None),
        Err(source) => Err(WarehouseError::table(table, source)),
    }
}

/// This program's reader applies no deletion vectors and maps no column names; a table with any of
/// them would be read wrongly, so it is not read at all.
fn refuse_unsupported(table: &TableId, snapshot: &EagerSnapshot) -> Result<(), WarehouseError> {
    let refuse = |feature: String| {
        Err(WarehouseError::Unsupported {
            table: table.clone(),
            feature,
        })
    };
    let protocol = snapshot.protocol();
    let features = protocol.reader_features().unwrap_or_default();
    if !features.is_empty() {
        let features: Vec<String> = features.iter().map(ToString::to_string).collect();
        return refuse(format!("the Delta features {}", features.join(", ")));
    }
    let mapping = snapshot
        .metadata()
        .configuration()
        .get("delta.columnMapping.mode");
    if mapping.is_some_and(|mode| mode != "none") {
        return refuse("column mapping".to_owned());
    }
    Ok(())
}

pub(super) fn layout(snapshot: &EagerSnapshot) -> Layout {
    let metadata = snapshot.metadata();
    let key = metadata.configuration().get(KEY_PROPERTY);
    let key = key.map(String::as_str).unwrap_or_default();
    Layout {
        schema: snapshot.arrow_schema(),
        partition_by: metadata.partition_columns().to_vec(),
        key: key
            .split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        bounded: WriterStatsConfig::from_config(snapshot.table_configuration()),
    }
}

fn files(
    table: &TableId,
    snapshot: &EagerSnapshot,
    layout: &Layout,
) -> Result<Vec<DataFile>, WarehouseError> {
    let mut files = Vec::with_capacity(snapshot.log_data().num_files());
    for view in snapshot.log_data().iter() {
        if view.deletion_vector_descriptor().is_some() {
            return Err(WarehouseError::Unsupported {
                table: table.clone(),
                feature: "deletion vectors".to_owned(),
            });
        }
        files.push(data_file(&view, layout));
    }
    files.sort_by(|a, b| (&a.partition, &a.path).cmp(&(&b.partition, &b.path)));
    Ok(files)
}

fn data_file(view: &LogicalFileView, layout: &Layout) -> DataFile {
    let values = view.partition_values_map();
    DataFile {
        path: view.path().into_owned(),
        partition: PartitionValues::from_action(&layout.partition_by, &values),
        size_bytes: u64::try_from(view.size()).unwrap_or_default(),
        rows: view.num_records().and_then(|rows| u64::try_from(rows).ok()),
        written_at: view.modification_datetime().unwrap_or_default(),
        statistics: view.stats(),
    }
}
