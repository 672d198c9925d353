//! External sort of one lane: runs sorted in memory, merged when there is more than one.
//!
//! A run is what fits: [`RUN_ROWS`] rows, or fewer when the session's memory is used up. Runs that do not
//! stay in memory go to the engine's spill files, and the engine merges them.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{SortOptions, interleave_record_batch};
use arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::sorts::streaming_merge::{SortedSpillFile, StreamingMergeBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

use super::order::order;

/// Rows of a run at the most: about 50 MiB of meter readings.
const RUN_ROWS: usize = 1 << 19;

/// What ordering takes for each row beside the row itself: its key, its numbers, its place.
pub(super) const ORDER_BYTES_PER_ROW: usize = 64;

/// The columns rows are sorted by: ascending, nothing first.
#[derive(Clone)]
pub(super) struct SortBy {
    pub columns: Vec<usize>,
    /// The same for the engine.
    ordering: LexOrdering,
}

impl SortBy {
    /// By `columns`, at least one, of rows of `schema`.
    pub(super) fn new(schema: &SchemaRef, columns: Vec<usize>) -> SortBy {
        let options = SortOptions::new(false, true);
        let ordering = columns.iter().map(|index| {
            let column = Column::new(schema.field(*index).name(), *index);
            PhysicalSortExpr::new(Arc::new(column), options)
        });
        SortBy {
            ordering: LexOrdering::new(ordering).expect("rows are sorted by at least one column"),
            columns,
        }
    }
}

/// How a lane is sorted.
pub(super) struct Sorter {
    by: SortBy,
    schema: SchemaRef,
    batch_rows: usize,
    run_rows: usize,
    spills: SpillManager,
    memory: MemoryReservation,
    runs: Vec<SortedSpillFile>,
    held: Vec<RecordBatch>,
    held_rows: usize,
}

impl Sorter {
    /// A sorter of rows of `schema`.
    pub(super) fn new(schema: SchemaRef, by: &SortBy, context: &TaskContext) -> Sorter {
        let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
        Sorter {
            by: by.clone(),
            spills: SpillManager::new(context.runtime_env(), metrics, Arc::clone(&schema)),
            schema,
            batch_rows: context.session_config().batch_size(),
            run_rows: RUN_ROWS,
            memory: MemoryConsumer::new("rows sorted by a load")
                .with_can_spill(true)
                .register(context.memory_pool()),
            runs: Vec::new(),
            held: Vec::new(),
            held_rows: 0,
        }
    }

    /// Takes all of `rows`; answers them sorted.
    ///
    /// # Errors
    /// Of `rows`; when one batch alone exceeds the memory; when the spill files cannot be written.
    pub(super) async fn sort(
        mut self,
        mut rows: SendableRecordBatchStream,
    ) -> Result<SendableRecordBatchStream> {
        while let Some(batch) = rows.try_next().await? {
            self.take(batch)?;
        }
        self.finish()
    }

    fn take(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let bytes = batch.get_array_memory_size() + batch.num_rows() * ORDER_BYTES_PER_ROW;
        let is_full = self.held_rows + batch.num_rows() > self.run_rows;
        if !self.held.is_empty() && (is_full || self.memory.try_grow(bytes).is_err()) {
            self.spill()?;
            self.memory.try_grow(bytes)?;
        } else if self.held.is_empty() {
            self.memory.try_grow(bytes)?;
        }
        self.held_rows += batch.num_rows();
        self.held.push(batch);
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        let mut file = self
            .spills
            .create_in_progress_file("a run of rows sorted by a load")?;
        let mut largest = 0;
        for batch in self.sorted_run()? {
            let batch = batch?;
            largest = largest.max(batch.get_array_memory_size());
            file.append_batch(&batch)?;
        }
        let file = file.finish()?.expect("a run has rows");
        self.runs.push(SortedSpillFile {
            file,
            max_record_batch_memory: largest,
        });
        self.memory.free();
        Ok(())
    }

    /// The rows held, sorted, batch by batch; none are held after.
    fn sorted_run(&mut self) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send + use<>> {
        let held = std::mem::take(&mut self.held);
        self.held_rows = 0;
        let places = order(&held, &self.by.columns)?;
        let batch_rows = self.batch_rows;
        let batches = places.len().div_ceil(batch_rows);
        Ok((0..batches).map(move |index| {
            let end = places.len().min((index + 1) * batch_rows);
            let places = &places[index * batch_rows..end];
            let held: Vec<&RecordBatch> = held.iter().collect();
            Ok(interleave_record_batch(&held, places)?)
        }))
    }

    fn finish(mut self) -> Result<SendableRecordBatchStream> {
        if self.runs.is_empty() {
            let run = self.sorted_run()?;
            let memory = self.memory;
            let run = stream::iter(run).map(move |batch| {
                // Held until the last row has gone.
                let _ = &memory;
                batch
            });
            return Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema, run)));
        }
        if !self.held.is_empty() {
            self.spill()?;
        }
        StreamingMergeBuilder::new()
            .with_sorted_spill_files(self.runs)
            .with_spill_manager(self.spills)
            .with_schema(self.schema)
            .with_expressions(&self.by.ordering)
            .with_metrics(BaselineMetrics::new(&ExecutionPlanMetricsSet::new(), 0))
            .with_batch_size(self.batch_rows)
            .with_reservation(self.memory)
            .with_round_robin_tie_breaker(false)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Int64Type, Schema};
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    fn sorter(memory_bytes: usize) -> Sorter {
        let schema = Arc::new(Schema::new(vec![
            Field::new("meter", DataType::Utf8, true),
            Field::new("row", DataType::Int64, false),
        ]));
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(memory_bytes, 1.0)
            .build_arc()
            .expect("a runtime");
        let context =
            SessionContext::new_with_config_rt(SessionConfig::new().with_batch_size(64), runtime);
        let by = SortBy::new(&schema, vec![0, 1]);
        Sorter::new(schema, &by, &context.task_ctx())
    }

    /// 40 batches of 250 rows; every seventh row has no meter.
    fn batches(schema: &SchemaRef) -> Vec<RecordBatch> {
        (0..40_i64)
            .map(|part| {
                let rows = part * 250..(part + 1) * 250;
                let meters: StringArray = rows
                    .clone()
                    .map(|row| (row % 7 != 0).then(|| format!("meter-{}", row * 31 % 97)))
                    .collect();
                let columns: Vec<arrow::array::ArrayRef> = vec![
                    Arc::new(meters),
                    Arc::new(Int64Array::from_iter_values(rows)),
                ];
                RecordBatch::try_new(Arc::clone(schema), columns).expect("a batch")
            })
            .collect()
    }

    async fn sorted(sorter: Sorter) -> Result<Vec<(Option<String>, i64)>> {
        let schema = Arc::clone(&sorter.schema);
        let input = stream::iter(batches(&schema).into_iter().map(Ok));
        let input = Box::pin(RecordBatchStreamAdapter::new(schema, input));
        let out: Vec<RecordBatch> = sorter.sort(input).await?.try_collect().await?;
        Ok(out
            .iter()
            .flat_map(|batch| {
                let meters = batch.column(0).as_string::<i32>().iter();
                let rows = batch.column(1).as_primitive::<Int64Type>().values();
                meters
                    .zip(rows)
                    .map(|(meter, row)| (meter.map(str::to_owned), *row))
            })
            .collect())
    }

    fn expected() -> Vec<(Option<String>, i64)> {
        let mut rows: Vec<(Option<String>, i64)> = (0..10_000)
            .map(|row| {
                (
                    (row % 7 != 0).then(|| format!("meter-{}", row * 31 % 97)),
                    row,
                )
            })
            .collect();
        rows.sort();
        rows
    }

    #[tokio::test]
    async fn one_run_stays_in_memory() -> Result<()> {
        assert_eq!(sorted(sorter(64 << 20)).await?, expected());
        Ok(())
    }

    #[tokio::test]
    async fn many_runs_are_merged() -> Result<()> {
        let mut sorter = sorter(64 << 20);
        sorter.run_rows = 700;
        assert_eq!(sorted(sorter).await?, expected());
        Ok(())
    }

    #[tokio::test]
    async fn a_run_ends_when_memory_does() -> Result<()> {
        // All rows take about 900 KiB.
        assert_eq!(sorted(sorter(400 << 10)).await?, expected());
        Ok(())
    }

    #[tokio::test]
    async fn a_batch_that_never_fits_is_an_error() {
        let error = sorted(sorter(1 << 10))
            .await
            .expect_err("1 KiB holds no batch");
        assert!(
            error.to_string().contains("rows sorted by a load"),
            "{error}"
        );
    }
}
