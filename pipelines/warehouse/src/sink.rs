//! The one way rows become files of a table.
//!
//! ```text
//! plan ─ columns by name, cast ─ hash by partition ─ sort by partition, key ─┬─ file writer ─┐
//!                                                                            └─ file writer ─┴─ files
//! ```
//!
//! - [`fit`]: which columns go where, and what is refused
//! - [`plan`]: the plan around the caller's plan
//! - [`files`]: sorted batches to Parquet files with statistics
//!
//! Files are zstd Parquet, at most [`TARGET_FILE_BYTES`] each, sorted by the key and labelled so,
//! under `<partition column>=<value>/`. Nobody sees them until they are committed; files left by a
//! crash are removed by `maintain` when they are old enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    ExecutionPlan, ExecutionPlanProperties as _, execute_stream_partitioned,
};
use datafusion::prelude::SessionContext;
use deltalake::kernel::Add;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use tokio::task::JoinSet;

use crate::error::WarehouseError;
use crate::partition::PartitionValues;
use crate::sink::files::FileWriter;
use crate::table::Table;

mod files;
mod fit;
mod plan;

pub use fit::ColumnFault;

/// Above this size a file is closed and the next one begun.
pub(crate) const TARGET_FILE_BYTES: u64 = 128 << 20;

/// Batches computed before they are written.
const BATCHES_AHEAD: usize = 4;

/// Files written and not committed yet. Dropping them leaves them to the clean-up.
#[derive(Debug, Default)]
#[must_use = "files that are not committed hold nothing for anybody"]
pub struct WrittenFiles {
    adds: Vec<Add>,
    rows: u64,
    bytes: u64,
}

impl WrittenFiles {
    /// The rows in them.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Their size.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.adds.len()
    }

    /// Whether there are none: no rows came.
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty()
    }

    /// These and `other` together.
    pub fn extend(&mut self, other: Self) {
        self.adds.extend(other.adds);
        self.rows += other.rows;
        self.bytes += other.bytes;
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.adds.iter().map(|add| add.path.as_str())
    }

    pub(crate) fn partitions(&self, columns: &[String]) -> Vec<PartitionValues> {
        let adds = self.adds.iter();
        adds.map(|add| PartitionValues::from_action(columns, &add.partition_values))
            .collect()
    }

    pub(crate) fn into_adds(self) -> Vec<Add> {
        self.adds
    }

    fn add_file(&mut self, add: Add, rows: u64) {
        self.bytes += u64::try_from(add.size).unwrap_or_default();
        self.rows += rows;
        self.adds.push(add);
    }
}

/// See [`Table::write`].
pub(crate) async fn write_plan(
    table: &Table,
    plan: Arc<dyn ExecutionPlan>,
    session: &SessionContext,
) -> Result<WrittenFiles, WarehouseError> {
    let failed =
        |source| WarehouseError::compute(table.id(), table.warehouse().memory_bytes(), source);
    let fitted = fit::project(table, plan)?;
    let partitions = session.state().config().target_partitions();
    let sorted = plan::sorted(table.layout(), fitted, partitions).map_err(failed)?;
    debug_assert!(sorted.output_partitioning().partition_count() <= partitions.max(1));
    let streams = execute_stream_partitioned(sorted, session.task_ctx()).map_err(failed)?;
    write_streams(table, streams).await
}

/// See [`Table::write_stream`].
pub(crate) async fn write_stream(
    table: &Table,
    sorted: SendableRecordBatchStream,
) -> Result<WrittenFiles, WarehouseError> {
    let fitted = fit::stream(table, sorted)?;
    write_streams(table, vec![fitted]).await
}

/// Writes each stream by a task of its own. When one fails, the others stop and what they finished
/// is deleted.
async fn write_streams(
    table: &Table,
    mut streams: Vec<SendableRecordBatchStream>,
) -> Result<WrittenFiles, WarehouseError> {
    if streams.len() == 1 {
        streams = streams.into_iter().map(ahead).collect();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for stream in streams {
        let writer = FileWriter::new(table);
        tasks.spawn(drain(table.clone(), writer, stream, stop.clone()));
    }
    let mut written = WrittenFiles::default();
    let mut first_error = None;
    while let Some(finished) = tasks.join_next().await {
        let (files, error) = finished.unwrap_or_else(|error| {
            let error = DataFusionError::External(Box::new(error));
            let error = WarehouseError::compute(table.id(), 0, error);
            (WrittenFiles::default(), Some(error))
        });
        written.extend(files);
        if let Some(error) = error {
            stop.store(true, Ordering::Relaxed);
            first_error.get_or_insert(error);
        }
    }
    match first_error {
        None => Ok(written),
        Some(error) => {
            discard(table, written.paths().map(str::to_owned).collect()).await;
            Err(error)
        }
    }
}

/// The same stream computed by a task of its own, a few batches ahead: where there is one stream
/// only, computing it and encoding its files then take a core each.
fn ahead(mut stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let mut builder = RecordBatchReceiverStream::builder(stream.schema(), BATCHES_AHEAD);
    let sender = builder.tx();
    builder.spawn(async move {
        while let Some(batch) = stream.next().await {
            // The writer gave up.
            if sender.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    });
    builder.build()
}

/// Writes one stream; gives the files finished and, if it failed, why.
async fn drain(
    table: Table,
    mut writer: FileWriter,
    mut stream: SendableRecordBatchStream,
    stop: Arc<AtomicBool>,
) -> (WrittenFiles, Option<WarehouseError>) {
    let memory = table.warehouse().memory_bytes();
    while let Some(batch) = stream.next().await {
        let written = match batch {
            _ if stop.load(Ordering::Relaxed) => return (writer.abort().await, None),
            Ok(batch) => writer.write(batch).await,
            Err(source) => Err(fit::row_error(&table, source, memory)),
        };
        if let Err(error) = written {
            return (writer.abort().await, Some(error));
        }
    }
    writer.close().await
}

/// Deletes files that will never be committed. One that cannot be deleted is left to the clean-up.
pub(crate) async fn discard(table: &Table, paths: Vec<String>) {
    let objects = table.log().object_store(None);
    let delete = |path: String| {
        let objects = objects.clone();
        async move {
            let path = Path::parse(&path)?;
            objects.delete(&path).await
        }
    };
    let deletions = futures::stream::iter(paths).map(delete).buffer_unordered(8);
    let result: Result<Vec<()>, _> = deletions.try_collect().await;
    if let Err(error) = result {
        tracing::debug!(
            table = %table.id(),
            error = &error as &dyn std::error::Error,
            "left files that were not committed to the clean-up",
        );
    }
}
