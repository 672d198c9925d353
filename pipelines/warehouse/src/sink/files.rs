//! Sorted batches to Parquet files.

use std::num::NonZeroU64;

use contracts::ROW_COLUMN;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::partition;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use deltalake::datafile::writer::{DeltaWriter, WriterConfig};
use deltalake::kernel::Add;
use deltalake::kernel::scalars::ScalarExt;
use deltalake::{DeltaResult, DeltaTableError};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::error::WarehouseError;
use crate::sink::{TARGET_FILE_BYTES, WrittenFiles};
use crate::table::{Layout, Table};

/// Rows of a row group at most: large enough to compress well, small enough that a scan of one
/// file uses several cores and that a row group being built stays within tens of megabytes.
const ROW_GROUP_ROWS: usize = 500_000;

/// Encoded bytes of a row group at most; wide rows reach this first.
const ROW_GROUP_BYTES: usize = 64 << 20;

/// Rows handed to the Parquet writer at once; between them the file's size is looked at.
const WRITE_ROWS: usize = 16_384;

/// A dictionary of numbers up to this size pays: eight thousand values. Larger ones take longer to look
/// up than they save (a reading took a quarter more time to write), and readers must hold them.
const NUMBER_DICTIONARY_BYTES: usize = 64 << 10;

/// Files of one stream that may be finished while the next one is written. Finishing waits for the
/// disk or the network, not for the processor.
const FILES_CLOSING: usize = 4;

/// Writes the batches of one stream. At most one file is open: when the partition changes, the file
/// is closed, because a sorted stream does not come back to it.
pub(super) struct FileWriter {
    table: Table,
    config: WriterConfig,
    /// Indices of the partition columns.
    partition_columns: Vec<usize>,
    open: Option<OpenPartition>,
    closing: JoinSet<DeltaResult<Vec<Add>>>,
    written: WrittenFiles,
}

struct OpenPartition {
    /// One row: the partition's values.
    values: Vec<ArrayRef>,
    writer: DeltaWriter,
}

impl FileWriter {
    pub(super) fn new(table: &Table) -> Self {
        let layout = table.layout();
        let config = WriterConfig::new(
            layout.schema.clone(),
            layout.partition_by.clone(),
            Some(properties(layout)),
            NonZeroU64::new(TARGET_FILE_BYTES),
            Some(WRITE_ROWS),
            layout.bounded.num_indexed_cols,
            layout.bounded.stats_columns.clone(),
        );
        let index = |name: &String| layout.schema.index_of(name).ok();
        Self {
            table: table.clone(),
            config,
            partition_columns: layout.partition_by.iter().filter_map(index).collect(),
            open: None,
            closing: JoinSet::new(),
            written: WrittenFiles::default(),
        }
    }

    /// Writes a batch whose columns and types are the table's.
    pub(super) async fn write(&mut self, batch: RecordBatch) -> Result<(), WarehouseError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let batch = self.as_stored(batch)?;
        if self.partition_columns.is_empty() {
            return self.write_rows(batch).await;
        }
        let columns: Vec<ArrayRef> = self
            .partition_columns
            .iter()
            .map(|&index| batch.column(index).clone())
            .collect();
        let runs = partition(&columns).map_err(|error| self.failed(error.into()))?;
        for rows in runs.ranges() {
            self.write_rows(batch.slice(rows.start, rows.len())).await?;
        }
        Ok(())
    }

    /// Finishes all files; gives those finished even if others failed.
    pub(super) async fn close(mut self) -> (WrittenFiles, Option<WarehouseError>) {
        let mut first_error = self.close_open().await.err();
        while !self.closing.is_empty() {
            if let Err(error) = self.collect_closed().await {
                first_error.get_or_insert(error);
            }
        }
        (self.written, first_error)
    }

    /// Gives up: what is open is thrown away, what is finished is returned to be deleted.
    pub(super) async fn abort(mut self) -> WrittenFiles {
        if let Some(open) = self.open.take() {
            // A failure leaves an unfinished upload, which the clean-up finds.
            let _ = open.writer.abort().await;
        }
        // Nothing to close any more but those that are closing already.
        self.close().await.0
    }

    /// Writes rows of one partition.
    async fn write_rows(&mut self, rows: RecordBatch) -> Result<(), WarehouseError> {
        let values: Vec<ArrayRef> = self
            .partition_columns
            .iter()
            .map(|&index| rows.column(index).slice(0, 1))
            .collect();
        if self.open.as_ref().is_some_and(|open| open.values != values) {
            self.close_open().await?;
        }
        let objects = self.table.log().object_store(None);
        let open = self.open.get_or_insert_with(|| OpenPartition {
            writer: DeltaWriter::new(objects, self.config.clone()),
            values,
        });
        let names = &self.table.layout().partition_by;
        let named = names.iter().zip(&open.values);
        let scalars = named.map(|(name, value)| {
            let scalar = ScalarExt::from_array(value.as_ref(), 0);
            scalar.map(|scalar| (name.clone(), scalar))
        });
        let result = match scalars.collect::<Option<_>>() {
            Some(scalars) => open.writer.write_partition(rows, &scalars).await,
            None => Err(DeltaTableError::generic(
                "a partition column of this type has no values",
            )),
        };
        result.map_err(|source| self.failed(source))
    }

    /// Begins to finish the open file; waits if too many are being finished.
    async fn close_open(&mut self) -> Result<(), WarehouseError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        self.closing.spawn(open.writer.close());
        if self.closing.len() > FILES_CLOSING {
            self.collect_closed().await?;
        }
        Ok(())
    }

    /// Waits for one of the files being finished.
    async fn collect_closed(&mut self) -> Result<(), WarehouseError> {
        let Some(closed) = self.closing.join_next().await else {
            return Ok(());
        };
        let closed = closed.unwrap_or_else(|error| Err(DeltaTableError::generic(error)));
        for add in closed.map_err(|source| self.failed(source))? {
            let rows = rows(&add);
            self.written.add_file(add, rows);
        }
        Ok(())
    }

    /// The batch with exactly the table's schema: names, metadata, and no null where none may be.
    fn as_stored(&self, batch: RecordBatch) -> Result<RecordBatch, WarehouseError> {
        let schema = &self.table.layout().schema;
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            if !field.is_nullable() && column.logical_null_count() > 0 {
                return Err(WarehouseError::RequiredIsNull {
                    table: self.table.id().clone(),
                    column: field.name().clone(),
                });
            }
        }
        let stored = RecordBatch::try_new(schema.clone(), batch.columns().to_vec());
        stored.map_err(|error| self.failed(error.into()))
    }

    fn failed(&self, source: DeltaTableError) -> WarehouseError {
        WarehouseError::files(self.table.id(), source)
    }
}

/// The row count Delta's writer put into the statistics.
fn rows(add: &Add) -> u64 {
    let statistics = add.stats.as_deref().unwrap_or_default();
    let statistics: Value = serde_json::from_str(statistics).unwrap_or_default();
    statistics["numRecords"].as_u64().unwrap_or_default()
}

/// How a column of numbers is encoded: by a dictionary while it has few different values, by the
/// differences from row to row when it has many. The rows of the landed file never repeat.
fn encode_numbers(builder: WriterPropertiesBuilder, field: &FieldRef) -> WriterPropertiesBuilder {
    let is_number = match field.data_type() {
        DataType::Int64 | DataType::Date32 | DataType::Timestamp(..) => true,
        // More digits are stored as bytes.
        DataType::Decimal128(precision, _) => *precision <= 18,
        _ => false,
    };
    if !is_number {
        return builder;
    }
    let column = || ColumnPath::from(field.name().as_str());
    builder
        .set_column_dictionary_enabled(column(), field.name() != ROW_COLUMN)
        .set_column_dictionary_page_size_limit(column(), NUMBER_DICTIONARY_BYTES)
        .set_column_encoding(column(), Encoding::DELTA_BINARY_PACKED)
}

fn properties(layout: &Layout) -> WriterProperties {
    let in_file: Vec<_> = layout
        .schema
        .fields()
        .iter()
        .filter(|field| !layout.partition_by.contains(field.name()))
        .cloned()
        .collect();
    let in_file = Schema::new(in_file);
    let sorted_by = layout
        .key
        .iter()
        .filter_map(|name| in_file.index_of(name).ok());
    let sorted_by = sorted_by.filter_map(|index| {
        Some(SortingColumn {
            column_idx: i32::try_from(index).ok()?,
            descending: false,
            nulls_first: false,
        })
    });
    let builder = in_file
        .fields()
        .iter()
        .fold(WriterProperties::builder(), encode_numbers);
    builder
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(sorted_by.collect()))
        .set_created_by(format!("jieyue {}", env!("CARGO_PKG_VERSION")))
        .build()
}
