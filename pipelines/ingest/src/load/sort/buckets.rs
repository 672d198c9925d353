//! Rows of a partitioned table, sorted partition by partition.
//!
//! ```text
//! rows ─ deal out by partition ─┬─ 2024-01 ─┐                  ┌─ sort one partition ─▶ lane
//!        to the disk when many  ├─ 2024-02 ─┼─ in their order ─┤
//!                               └─ …        ┘                  └─ sort one partition ─▶ lane
//! ```
//! Sorting all rows in runs and merging the runs compares every row again and again. A partition is small:
//! its rows are put aside as they come, which is no work where a file comes in the order of time, and
//! sorted by themselves when all are there. Only a partition that does not fit in memory is sorted in runs.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{partition, take, take_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::row::{RowConverter, SortField};
use datafusion::common::HashMap;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::spill_file::SpillFile;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Mutex;

use super::narrow::{self, Column, Narrow, Parts};
use super::order::positions;
use super::runs::{ORDER_BYTES_PER_ROW, SortBy, Sorter};

/// Rows put aside that stay in memory, all partitions together; half of it goes to the disk when there are
/// more.
const HELD_BYTES: usize = 128 << 20;

/// A partition up to this size, its order included, is sorted in memory: two million meter readings.
const SORTED_BYTES: usize = 192 << 20;

/// How rows are dealt out and sorted.
pub(super) struct Dealing {
    pub by: SortBy,
    /// The columns of the partition.
    pub partition: Vec<usize>,
    pub held_bytes: usize,
    pub sorted_bytes: usize,
}

impl Dealing {
    pub(super) fn new(by: SortBy, partition: Vec<usize>) -> Dealing {
        Dealing {
            by,
            partition,
            held_bytes: HELD_BYTES,
            sorted_bytes: SORTED_BYTES,
        }
    }

    /// Deals out `rows` in a task of its own and answers `lanes` streams, each of which takes the next
    /// partition when it is done with one.
    pub(super) fn lanes(
        self,
        rows: SendableRecordBatchStream,
        lanes: usize,
        context: &Arc<TaskContext>,
    ) -> Result<Vec<SendableRecordBatchStream>> {
        let schema = rows.schema();
        let dealing = Arc::new(self);
        let dealer = Dealer::new(Arc::clone(&dealing), Arc::clone(&schema), context)?;
        let dealt = SpawnedTask::spawn(dealer.deal_all(rows));
        let buckets = Arc::new(Buckets(Mutex::new(State::Dealing(dealt))));
        let lane = |_| {
            let (dealing, context) = (Arc::clone(&dealing), Arc::clone(context));
            let (schema, buckets) = (Arc::clone(&schema), Arc::clone(&buckets));
            let sorted = stream::try_unfold(buckets, move |buckets| {
                let (dealing, context) = (Arc::clone(&dealing), Arc::clone(&context));
                async move {
                    let Some(bucket) = buckets.next().await? else {
                        return Ok::<_, DataFusionError>(None);
                    };
                    Ok(Some((bucket.sorted(&dealing, &context).await?, buckets)))
                }
            });
            Box::pin(RecordBatchStreamAdapter::new(schema, sorted.try_flatten()))
                as SendableRecordBatchStream
        };
        Ok((0..lanes).map(lane).collect())
    }
}

/// The partitions in their order, once all rows are dealt out.
struct Buckets(Mutex<State>);

enum State {
    Dealing(SpawnedTask<Result<VecDeque<Bucket>>>),
    Dealt(VecDeque<Bucket>),
    /// Every lane is told why.
    Failed(Arc<DataFusionError>),
}

impl Buckets {
    async fn next(&self) -> Result<Option<Bucket>> {
        let mut state = self.0.lock().await;
        if let State::Dealing(task) = &mut *state {
            *state = match task.await {
                Ok(Ok(buckets)) => State::Dealt(buckets),
                Ok(Err(error)) => State::Failed(Arc::new(error)),
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(error) => State::Failed(Arc::new(DataFusionError::External(Box::new(error)))),
            };
        }
        match &mut *state {
            State::Dealt(buckets) => Ok(buckets.pop_front()),
            State::Failed(error) => Err(DataFusionError::Shared(Arc::clone(error))),
            State::Dealing(_) => unreachable!("the task has ended"),
        }
    }
}

/// Puts rows aside by partition.
struct Dealer {
    dealing: Arc<Dealing>,
    schema: SchemaRef,
    context: Arc<TaskContext>,
    values: RowConverter,
    /// By the partition's values in comparable form.
    buckets: BTreeMap<Box<[u8]>, Bucket>,
    held_bytes: usize,
    memory: MemoryReservation,
}

/// The rows of one partition, in the order they came.
struct Bucket {
    schema: SchemaRef,
    spilled: Vec<Spilled>,
    held: Vec<Narrow>,
    held_bytes: usize,
    spilled_bytes: usize,
    rows: usize,
    memory: MemoryReservation,
}

/// Rows on the disk.
struct Spilled {
    file: Arc<dyn SpillFile>,
    manager: SpillManager,
    /// Some of the rows, for what is the same in all of them.
    like: Narrow,
}

impl Dealer {
    fn new(dealing: Arc<Dealing>, schema: SchemaRef, context: &Arc<TaskContext>) -> Result<Dealer> {
        let types = dealing
            .partition
            .iter()
            .map(|index| SortField::new(schema.field(*index).data_type().clone()));
        Ok(Dealer {
            values: RowConverter::new(types.collect())?,
            dealing,
            schema,
            context: Arc::clone(context),
            buckets: BTreeMap::new(),
            held_bytes: 0,
            memory: MemoryConsumer::new("rows dealt out by a load")
                .with_can_spill(true)
                .register(context.memory_pool()),
        })
    }

    async fn deal_all(mut self, mut rows: SendableRecordBatchStream) -> Result<VecDeque<Bucket>> {
        while let Some(batch) = rows.try_next().await? {
            if batch.num_rows() > 0 {
                self.deal(&batch)?;
            }
        }
        Ok(std::mem::take(&mut self.buckets)
            .into_values()
            .map(|bucket| Bucket {
                memory: self.memory.split(bucket.held_bytes),
                ..bucket
            })
            .collect())
    }

    fn deal(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns: Vec<ArrayRef> = self
            .dealing
            .partition
            .iter()
            .map(|index| Arc::clone(batch.column(*index)))
            .collect();
        if columns.iter().all(narrow::is_same) {
            let first: Vec<ArrayRef> = columns.iter().map(|column| column.slice(0, 1)).collect();
            let value = self.values.convert_columns(&first)?;
            return self.hold(value.row(0).data(), Narrow::of(batch));
        }
        let values = self.values.convert_columns(&columns)?;
        let mut of_values: HashMap<&[u8], Vec<Range<usize>>> = HashMap::default();
        for range in partition(&columns)?.ranges() {
            let value = values.row(range.start).data();
            of_values.entry(value).or_default().push(range);
        }
        for (value, ranges) in of_values {
            let rows = match ranges.as_slice() {
                // A part of a batch keeps all of it in memory, so a small one is copied.
                [range] if range.len() >= batch.num_rows() / 2 => {
                    batch.slice(range.start, range.len())
                }
                ranges => {
                    let rows = ranges.iter().flat_map(|range| range.clone());
                    let rows = UInt32Array::from_iter_values(rows.map(|row| row as u32));
                    take_record_batch(batch, &rows)?
                }
            };
            self.hold(value, Narrow::of(&rows))?;
        }
        Ok(())
    }

    fn hold(&mut self, value: &[u8], rows: Narrow) -> Result<()> {
        let bytes = rows.bytes()?;
        if self.held_bytes + bytes > self.dealing.held_bytes {
            self.spill_down_to(self.dealing.held_bytes / 2)?;
        }
        if self.memory.try_grow(bytes).is_err() {
            self.spill_down_to(0)?;
            self.memory.try_grow(bytes)?;
        }
        if !self.buckets.contains_key(value) {
            let bucket = Bucket::new(&self.schema, self.memory.new_empty());
            self.buckets.insert(value.into(), bucket);
        }
        let bucket = self.buckets.get_mut(value).expect("it was there or is now");
        bucket.rows += rows.rows;
        bucket.held_bytes += bytes;
        bucket.held.push(rows);
        self.held_bytes += bytes;
        Ok(())
    }

    /// Writes rows to the disk, those of the largest partitions first.
    fn spill_down_to(&mut self, bytes: usize) -> Result<()> {
        let mut largest_first: Vec<&mut Bucket> = self.buckets.values_mut().collect();
        largest_first.sort_by_key(|bucket| std::cmp::Reverse(bucket.held_bytes));
        for bucket in largest_first {
            if self.held_bytes <= bytes || bucket.held.is_empty() {
                break;
            }
            let spilled = bucket.spill(&self.context)?;
            self.held_bytes -= spilled;
            self.memory.shrink(spilled);
        }
        Ok(())
    }
}

impl Bucket {
    fn new(schema: &SchemaRef, memory: MemoryReservation) -> Bucket {
        Bucket {
            schema: Arc::clone(schema),
            spilled: Vec::new(),
            held: Vec::new(),
            held_bytes: 0,
            spilled_bytes: 0,
            rows: 0,
            memory,
        }
    }

    /// Writes what is held to the disk; answers how much it was.
    fn spill(&mut self, context: &TaskContext) -> Result<usize> {
        let parts = narrow::alike(&std::mem::take(&mut self.held))?;
        let like = parts[0].clone();
        let schema = like.schema_of_each(&self.schema);
        let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
        let manager = SpillManager::new(context.runtime_env(), metrics, Arc::clone(&schema));
        let mut file = manager.create_in_progress_file("rows dealt out by a load")?;
        for part in &parts {
            self.spilled_bytes += part.bytes()?;
            file.append_batch(&part.each(&schema)?)?;
        }
        self.spilled.push(Spilled {
            file: file.finish()?.expect("what is held has rows"),
            manager,
            like,
        });
        Ok(std::mem::take(&mut self.held_bytes))
    }

    /// The rows in the order of the key.
    async fn sorted(
        self,
        dealing: &Dealing,
        context: &Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let more = self.spilled_bytes + self.rows * ORDER_BYTES_PER_ROW;
        if self.held_bytes + more <= dealing.sorted_bytes && self.memory.try_grow(more).is_ok() {
            return self.sorted_in_memory(dealing, context).await;
        }
        let schema = Arc::clone(&self.schema);
        let sorter = Sorter::new(Arc::clone(&schema), &dealing.by, context);
        let rows = self.stream()?;
        let rows = {
            let schema = Arc::clone(&schema);
            rows.map(move |part| Ok(part?.widen(&schema)?))
        };
        sorter
            .sort(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
            .await
    }

    async fn sorted_in_memory(
        mut self,
        dealing: &Dealing,
        context: &TaskContext,
    ) -> Result<SendableRecordBatchStream> {
        let schema = Arc::clone(&self.schema);
        let rows = self.rows;
        let batch_rows = context.session_config().batch_size();
        let memory = self.memory.take();
        let parts: Vec<Narrow> = self.stream()?.try_collect().await?;
        let columns = narrow::columns_of(&parts)?;
        drop(parts);
        let key = dealing.by.columns.iter();
        let key = key.filter_map(|index| match &columns[*index] {
            Parts::Same(_) => None,
            Parts::Each(values) => Some(values.clone()),
        });
        let positions = positions(&key.collect::<Vec<_>>(), rows)?;
        let columns = columns
            .into_iter()
            .map(|column| column.in_one_piece(batch_rows))
            .collect::<Result<Vec<_>, _>>()?;
        let is_sorted = positions.is_sorted();
        let positions = UInt32Array::from(positions);
        let batch_schema = Arc::clone(&schema);
        let batches = (0..rows).step_by(batch_rows.max(1)).map(move |begin| {
            // Held until the last row has gone.
            let _ = &memory;
            let count = batch_rows.min(rows - begin);
            let positions = positions.slice(begin, count);
            let columns = columns.iter().map(|column| match column {
                Column::Same(value) => Ok(value.slice(0, count)),
                Column::Each(values) if is_sorted => Ok(values.slice(begin, count)),
                Column::Each(values) => take(values, &positions, None),
            });
            let columns = columns.collect::<Result<_, _>>()?;
            Ok(RecordBatch::try_new(Arc::clone(&batch_schema), columns)?)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            schema,
            stream::iter(batches),
        )))
    }

    /// The rows in the order they came.
    fn stream(self) -> Result<impl futures::Stream<Item = Result<Narrow>> + Send> {
        let spilled = self.spilled.into_iter().map(|spilled| {
            let like = spilled.like;
            let rows = spilled.manager.read_spill_as_stream(spilled.file, None)?;
            Ok::<_, DataFusionError>(rows.map(move |rows| Ok(like.like(&rows?))))
        });
        let spilled = stream::iter(spilled).try_flatten();
        Ok(spilled.chain(stream::iter(self.held.into_iter().map(Ok))))
    }
}

#[cfg(test)]
mod tests;
