//! A store for batches of which nobody knows beforehand how many there will be.
//!
//! Small amounts stay in memory; beyond [`HELD_BYTES`] everything goes to one of the engine's spill
//! files, which it removes again. What was put in can be read any number of times, in the same order.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::execution::spill_file::SpillFile;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

/// What a spool holds in memory before it takes to the disk; also the size of one spill file.
const HELD_BYTES: usize = 16 << 20;

/// Batches being collected.
pub(crate) struct Spool {
    manager: SpillManager,
    held: Vec<RecordBatch>,
    held_bytes: usize,
    on_disk: Vec<Arc<dyn SpillFile>>,
    rows: usize,
}

/// Batches collected.
pub(crate) struct Spooled {
    manager: SpillManager,
    on_disk: Vec<Arc<dyn SpillFile>>,
    held: Vec<RecordBatch>,
    rows: usize,
}

impl Spool {
    /// An empty spool for batches of `schema`.
    pub(crate) fn new(schema: SchemaRef, context: &TaskContext) -> Spool {
        let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
        Spool {
            manager: SpillManager::new(context.runtime_env(), metrics, schema),
            held: Vec::new(),
            held_bytes: 0,
            on_disk: Vec::new(),
            rows: 0,
        }
    }

    /// Adds a batch after the ones before.
    ///
    /// # Errors
    /// When the spill file cannot be written.
    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.rows += batch.num_rows();
        self.held_bytes += batch.get_array_memory_size();
        self.held.push(batch);
        if self.held_bytes <= HELD_BYTES {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        let file = self
            .manager
            .spill_record_batch_and_finish(&held, "rows set aside by a load")?;
        self.on_disk.extend(file);
        self.held_bytes = 0;
        Ok(())
    }

    /// Ends the collecting.
    pub(crate) fn finish(self) -> Spooled {
        Spooled {
            manager: self.manager,
            on_disk: self.on_disk,
            held: self.held,
            rows: self.rows,
        }
    }
}

impl Spooled {
    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The batches, in the order they were put in.
    pub(crate) fn stream(&self) -> SendableRecordBatchStream {
        let manager = self.manager.clone();
        let spilled = stream::iter(self.on_disk.clone())
            .map(move |file| manager.read_spill_as_stream(file, None))
            .try_flatten();
        let held = stream::iter(self.held.clone().into_iter().map(Ok));
        Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(self.manager.schema()),
            spilled.chain(held),
        ))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};
    use datafusion::prelude::SessionContext;
    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn what_is_put_in_comes_out_in_order_and_more_than_once() -> Result<()> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("number", DataType::Int64, false),
            Field::new("text", DataType::Utf8, true),
        ]));
        let mut spool = Spool::new(Arc::clone(&schema), &SessionContext::new().task_ctx());
        // About 20 MiB of text, so that the disk is used for a part of it.
        for number in 0..21_i64 {
            let numbers = Int64Array::from_iter_values((0..1024).map(|row| number * 1024 + row));
            let text = StringArray::from_iter(
                (0..1024).map(|row| (row % 2 == 0).then(|| "x".repeat(2048))),
            );
            spool.push(RecordBatch::try_new(
                Arc::clone(&schema),
                vec![Arc::new(numbers), Arc::new(text)],
            )?)?;
        }
        let spooled = spool.finish();
        assert_eq!(spooled.rows(), 21 * 1024);
        assert!(!spooled.on_disk.is_empty() && !spooled.held.is_empty());
        for _ in 0..2 {
            let batches: Vec<RecordBatch> = spooled.stream().try_collect().await?;
            let numbers: Vec<i64> = batches
                .iter()
                .flat_map(|batch| {
                    batch
                        .column(0)
                        .as_any()
                        .downcast_ref::<Int64Array>()
                        .expect("numbers")
                        .values()
                        .to_vec()
                })
                .collect();
            assert_eq!(numbers, (0..21 * 1024).collect::<Vec<i64>>());
        }
        Ok(())
    }
}
