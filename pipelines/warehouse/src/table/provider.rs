//! The one reader: a state's files as a plain Parquet scan.
//!
//! The plan holds no node of Delta's. The files of a pinned state are known, and so are their
//! partition values, row counts and bounds; given to the engine with each file, they let it prune on
//! joins, answer counts without reading, and travel to other machines as any Parquet scan does.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array as _, AsArray as _, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue, Statistics};
use datafusion::config::TableParquetOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;
use object_store::path::Path;

use crate::table::Snapshot;
use crate::table::statistics::{self, Bounds};

/// A state of a table as rows.
pub(super) struct SnapshotProvider {
    snapshot: Snapshot,
    /// Which of the state's files, by index.
    files: Vec<usize>,
    /// The columns as a scan orders them: those in the files, then those in the directory names.
    scan_schema: TableSchema,
    /// Where each column of the table is in the scan's order.
    scan_index: Vec<usize>,
}

impl SnapshotProvider {
    pub(super) fn new(snapshot: Snapshot, files: Vec<usize>) -> Self {
        let schema = snapshot.schema();
        let partition_by = snapshot.partition_by();
        let is_in_files = |name: &String| !partition_by.contains(name);
        let in_files: Vec<_> = schema
            .fields()
            .iter()
            .filter(|field| is_in_files(field.name()))
            .cloned()
            .collect();
        let in_names: Vec<_> = partition_by
            .iter()
            .filter_map(|name| schema.fields().find(name).map(|(_, field)| field.clone()))
            .collect();
        let scan_schema = TableSchema::builder(Arc::new(Schema::new(in_files)))
            .with_table_partition_cols(in_names)
            .build();
        let scan_index = schema
            .fields()
            .iter()
            .filter_map(|field| scan_schema.table_schema().index_of(field.name()).ok())
            .collect();
        Self {
            snapshot,
            files,
            scan_schema,
            scan_index,
        }
    }

    /// Of `files`, those whose partition values satisfy `filters`, which name partition columns
    /// only: evaluated on the values themselves, so nothing is left to check.
    fn in_partitions(
        &self,
        state: &dyn Session,
        filters: &[Expr],
        files: Vec<usize>,
    ) -> Result<Vec<usize>> {
        let Some(filter) = conjunction(filters.iter().cloned()) else {
            return Ok(files);
        };
        if files.is_empty() {
            return Ok(files);
        }
        let fields = self.scan_schema.table_partition_cols();
        let columns = fields.iter().map(|field| {
            let values = files.iter().map(|&index| {
                let file = &self.snapshot.files()[index];
                statistics::partition_value(file, field.name(), field.data_type())
            });
            ScalarValue::iter_to_array(values)
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(Schema::new(fields.clone()));
        let predicate = state.create_physical_expr(filter, &DFSchema::try_from(schema.clone())?)?;
        let options = RecordBatchOptions::new().with_row_count(Some(files.len()));
        let batch = RecordBatch::try_new_with_options(schema, columns, &options)?;
        let holds = predicate.evaluate(&batch)?.into_array(files.len())?;
        let holds = holds.as_boolean_opt().ok_or_else(|| {
            DataFusionError::Plan("a filter is neither true nor false".to_owned())
        })?;
        let kept = files.iter().enumerate();
        Ok(kept
            .filter(|(row, _)| holds.is_valid(*row) && holds.value(*row))
            .map(|(_, &index)| index)
            .collect())
    }

    /// Of `files`, those that may hold a row satisfying `filters`, by their bounds.
    fn in_bounds(
        &self,
        state: &dyn Session,
        filters: &[Expr],
        files: Vec<usize>,
    ) -> Result<Vec<usize>> {
        let Some(filter) = conjunction(filters.iter().cloned()) else {
            return Ok(files);
        };
        let schema = self.snapshot.schema();
        let predicate = state.create_physical_expr(filter, &DFSchema::try_from(schema.clone())?)?;
        let predicate = PruningPredicateBuilder::new()
            .with_file_schema(schema)
            .build(predicate);
        let Some(predicate) = predicate else {
            return Ok(files);
        };
        let known = self.snapshot.statistics();
        let bounds = files.iter().map(|&index| known[index].as_ref()).collect();
        let may_match = predicate.prune(&Bounds::new(self.snapshot.layout(), bounds))?;
        let kept = files.into_iter().zip(may_match);
        Ok(kept
            .filter(|(_, may)| *may)
            .map(|(index, _)| index)
            .collect())
    }

    fn partitioned_file(&self, index: usize) -> Result<PartitionedFile> {
        let file = &self.snapshot.files()[index];
        let directory = self.snapshot.table().key().as_path();
        // The path is the decoded one, so it is parsed and not encoded again.
        let location = Path::parse(format!("{directory}/{}", file.path()))?;
        let values = self.scan_schema.table_partition_cols().iter();
        let values = values
            .map(|field| statistics::partition_value(file, field.name(), field.data_type()))
            .collect();
        let mut partitioned = PartitionedFile::new_from_meta(ObjectMeta {
            location,
            last_modified: file.written_at(),
            size: file.size_bytes(),
            e_tag: None,
            version: None,
        })
        .with_partition_values(values);
        partitioned.statistics = Some(Arc::new(self.scan_statistics(index)));
        Ok(partitioned)
    }

    /// The statistics of a file in the scan's column order.
    fn scan_statistics(&self, index: usize) -> Statistics {
        let known = self.snapshot.statistics()[index].as_ref();
        let mut scan = known.clone();
        for (column, &position) in self.scan_index.iter().enumerate() {
            scan.column_statistics[position] = known.column_statistics[column].clone();
        }
        scan
    }

    /// Whether `filter` is about partition columns only, so that it can be decided file by file.
    fn is_about_partitions(&self, filter: &Expr) -> bool {
        let columns = filter.column_refs();
        let partition_by = self.snapshot.partition_by();
        !columns.is_empty()
            && columns
                .iter()
                .all(|column| partition_by.contains(&column.name))
            && is_evaluable(filter)
    }
}

/// Whether `filter` can be evaluated on one batch, here and now, and gives the same each time.
fn is_evaluable(filter: &Expr) -> bool {
    use datafusion::common::tree_node::TreeNode as _;
    let is_foreign = |expr: &Expr| {
        Ok(matches!(
            expr,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
                | Expr::Placeholder(_)
        ))
    };
    !filter.is_volatile() && !filter.exists(is_foreign).unwrap_or(true)
}

#[async_trait]
impl TableProvider for SnapshotProvider {
    fn schema(&self) -> SchemaRef {
        self.snapshot.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| {
            if self.is_about_partitions(filter) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Inexact
            }
        };
        Ok(filters.iter().map(support).collect())
    }

    fn statistics(&self) -> Option<Statistics> {
        let known = self.snapshot.statistics();
        let files = self.files.iter().map(|&index| known[index].as_ref());
        Statistics::try_merge_iter(files, &self.snapshot.schema()).ok()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (exact, other): (Vec<Expr>, Vec<Expr>) = filters
            .iter()
            .cloned()
            .partition(|filter| self.is_about_partitions(filter));
        let other: Vec<Expr> = other.into_iter().filter(is_evaluable).collect();
        let files = self.in_partitions(state, &exact, self.files.clone())?;
        let files = self.in_bounds(state, &other, files)?;
        let projection: Vec<usize> = match projection {
            Some(columns) => columns.clone(),
            None => (0..self.scan_index.len()).collect(),
        };
        if files.is_empty() {
            let schema = self.snapshot.schema().project(&projection)?;
            return Ok(Arc::new(EmptyExec::new(Arc::new(schema))));
        }

        let files = files.into_iter().map(|index| self.partitioned_file(index));
        let files = FileGroup::new(files.collect::<Result<Vec<_>>>()?);
        let scan_schema = self.scan_schema.table_schema();
        let groups = files.split_files(state.config().target_partitions());
        let groups = groups
            .into_iter()
            .map(|group| {
                let statistics = merged(&group, scan_schema)?;
                Ok(group.with_statistics(Arc::new(statistics)))
            })
            .collect::<Result<Vec<_>>>()?;
        let whole = groups
            .iter()
            .filter_map(|group| group.file_statistics(None));
        let whole = Statistics::try_merge_iter(whole, scan_schema)?;

        let lake = self.snapshot.table().warehouse().lake_store();
        let runtime = state.runtime_env();
        // Any session can read the table, not only the lake's own.
        runtime.register_object_store(lake.url(), lake.objects().clone());
        let source = ParquetSource::new(self.scan_schema.clone())
            .with_table_parquet_options(TableParquetOptions {
                global: state.config_options().execution.parquet.clone(),
                ..TableParquetOptions::default()
            })
            .with_parquet_file_reader_factory(Arc::new(CachedParquetFileReaderFactory::new(
                lake.objects().clone(),
                runtime.cache_manager.get_file_metadata_cache(),
            )));
        let scan_columns = projection.iter().map(|&column| self.scan_index[column]);
        let config =
            FileScanConfigBuilder::new(ObjectStoreUrl::parse(lake.url())?, Arc::new(source))
                .with_file_groups(groups)
                .with_statistics(whole)
                .with_projection_indices(Some(scan_columns.collect()))?
                .with_limit(limit)
                .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

fn merged(group: &FileGroup, schema: &Schema) -> Result<Statistics> {
    let files = group.iter().filter_map(|file| file.statistics.as_deref());
    Statistics::try_merge_iter(files, schema)
}

impl fmt::Debug for SnapshotProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SnapshotProvider")
            .field("snapshot", &self.snapshot)
            .field("files", &self.files.len())
            .finish()
    }
}
