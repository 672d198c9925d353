//! The rows of shared views: in memory while they fit, else in a temporary Parquet file.
//!
//! All rows kept in memory together take at most a quarter of the session's pool, and count in it, so
//! that sorts and joins beside them know what is left. What does not fit goes to the directory where
//! sorts spill. A file lives as long as its [`KeptRows`]: it goes when the last mart that reads it is
//! built, and also when the build fails.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::TableProvider;
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, SpillFile};
use datafusion::logical_expr::LogicalPlan;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt as _;
use models::nullable;

use super::Effort;

/// The part of the session's pool that kept rows may take together.
const SHARE_OF_POOL: usize = 4;

/// Rows of a row group of a file: few enough that a file of some size is read on all cores.
const ROW_GROUP_ROWS: usize = 131_072;

/// The rows of one plan, computed.
pub(crate) struct KeptRows {
    table: Arc<dyn TableProvider>,
    rows: usize,
    place: Place,
}

/// Held for its life alone: dropping it gives memory or disk back.
enum Place {
    Memory(MemoryReservation),
    File(#[expect(dead_code, reason = "held for its life")] Arc<dyn SpillFile>),
}

impl KeptRows {
    /// Computes `plan` and keeps its rows, `taken` bytes being kept already. `None` when they do not
    /// fit in memory and the plan only streams: reading them back from a file would cost as much as
    /// computing them again.
    ///
    /// # Errors
    /// The plan fails, or the file cannot be written.
    pub async fn compute(
        session: &SessionContext,
        plan: LogicalPlan,
        effort: Effort,
        taken: usize,
    ) -> Result<Option<Self>, DataFusionError> {
        let runtime = session.runtime_env();
        let limit = match runtime.memory_pool.memory_limit() {
            MemoryLimit::Finite(bytes) => bytes / SHARE_OF_POOL,
            _ => usize::MAX,
        };
        let reservation =
            MemoryConsumer::new("rows of shared views").register(&runtime.memory_pool);
        // The planner's types: the engine's may differ in the precision of a decimal, and what reads the
        // view was planned over the former.
        let schema = Arc::new(nullable(plan.schema().as_arrow()));
        let rows = DataFrame::new(session.state(), plan);
        let mut stream = in_form(rows.execute_stream().await?, &schema);
        let mut batches = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let bytes = size_of(&batch)?;
            batches.push(batch);
            let fits = taken + reservation.size() + bytes <= limit;
            if fits && reservation.try_grow(bytes).is_ok() {
                continue;
            }
            if effort < Effort::Gathers {
                return Ok(None);
            }
            let kept = to_file(session, &schema, batches, stream).await?;
            return Ok(Some(kept));
        }
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let parts = in_parts(batches, session.state().config().target_partitions());
        Ok(Some(Self {
            table: Arc::new(MemTable::try_new(schema, parts)?),
            rows,
            place: Place::Memory(reservation),
        }))
    }

    /// The rows, for a query.
    pub fn table(&self) -> Arc<dyn TableProvider> {
        Arc::clone(&self.table)
    }

    /// How many.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The memory they take, in bytes.
    pub fn memory(&self) -> usize {
        match &self.place {
            Place::Memory(reservation) => reservation.size(),
            Place::File(_) => 0,
        }
    }

    /// Whether they are in a file.
    pub fn is_in_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }
}

/// The stream with each batch cast to `schema`, whose columns are the stream's.
fn in_form(stream: SendableRecordBatchStream, schema: &SchemaRef) -> SendableRecordBatchStream {
    let form = Arc::clone(schema);
    let batches = stream.map(move |batch| {
        let batch = batch?;
        let columns = batch.columns().iter().zip(form.fields());
        let columns = columns.map(|(column, field)| cast(column, field.data_type()));
        let columns: Result<Vec<_>, ArrowError> = columns.collect();
        let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(
            Arc::clone(&form),
            columns?,
            &rows,
        )?)
    });
    Box::pin(RecordBatchStreamAdapter::new(Arc::clone(schema), batches))
}

/// What the values of a batch take; a slice counts for itself, not for what it was cut from.
fn size_of(batch: &RecordBatch) -> Result<usize, DataFusionError> {
    let mut bytes = 0;
    for column in batch.columns() {
        bytes += column.to_data().get_slice_memory_size()?;
    }
    Ok(bytes)
}

/// The batches in as many parts as run at once.
fn in_parts(batches: Vec<RecordBatch>, parts: usize) -> Vec<Vec<RecordBatch>> {
    let mut divided = vec![Vec::new(); parts.max(1)];
    let count = divided.len();
    for (index, batch) in batches.into_iter().enumerate() {
        divided[index % count].push(batch);
    }
    divided
}

async fn to_file(
    session: &SessionContext,
    schema: &SchemaRef,
    first: Vec<RecordBatch>,
    mut rest: SendableRecordBatchStream,
) -> Result<KeptRows, DataFusionError> {
    let runtime = session.runtime_env();
    let file = runtime
        .disk_manager
        .create_tmp_file("keeping the rows of a shared view")?;
    let Some(path) = file.path().map(Path::to_owned) else {
        return Err(DataFusionError::Internal(
            "the spill directory is not on a local disk".to_owned(),
        ));
    };
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    let mut writer =
        ArrowWriter::try_new(file.open_writer()?, Arc::clone(schema), Some(properties))?;
    let mut rows = 0;
    for batch in first {
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    while let Some(batch) = rest.next().await {
        let batch = batch?;
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.finish()?;
    writer.inner_mut().finish()?;
    Ok(KeptRows {
        table: parquet_table(&path, schema)?,
        rows,
        place: Place::File(file),
    })
}

fn parquet_table(
    path: &Path,
    schema: &SchemaRef,
) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let url = ListingTableUrl::parse(path.to_string_lossy())?;
    // A temporary file has no ending.
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
    let config = ListingTableConfig::new(url)
        .with_listing_options(options)
        .with_schema(Arc::clone(schema));
    Ok(Arc::new(ListingTable::try_new(config)?))
}
