//! Offered rows to sorted lanes.

mod order;
mod runs;

use std::sync::{Arc, Mutex};

use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use contracts::Contract;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{EmptyRecordBatchStream, ExecutionPlan, ExecutionPlanProperties};
use futures::{TryStreamExt, stream};

use super::keyed::Layout;
use crate::select::{ORIGIN, ROW};
use runs::Sorter;

/// Marks a row that was refused, of which only the key counts.
const REFUSED: &str = "_refused";

/// Sorted batches that wait for the merge of a lane.
const BATCHES_AHEAD: usize = 2;

/// The columns of offered rows: the contract's, all of them nullable because a refused row may lack
/// any but its key, then origin, row of the file and the mark of a refused row.
pub(crate) fn offered_schema(contract: &Contract) -> SchemaRef {
    let columns = contract.arrow_schema();
    let mut fields: Vec<Field> = columns
        .fields()
        .iter()
        .map(|field| Field::new(field.name(), field.data_type().clone(), true))
        .collect();
    fields.push(Field::new(ORIGIN, DataType::UInt32, false));
    fields.push(Field::new(ROW, DataType::Int64, false));
    fields.push(Field::new(REFUSED, DataType::Boolean, false));
    Arc::new(Schema::new(fields))
}

/// Sorts `rows`, which have the offered schema, by partition, key, origin and row.
///
/// The rows of a partition are all in one lane. There are as many lanes as the session has
/// partitions, or one when the table is not partitioned.
///
/// # Errors
/// Of the engine; errors of `rows` come out of the lanes.
pub(crate) fn sort(
    rows: SendableRecordBatchStream,
    layout: &Layout,
    context: &Arc<TaskContext>,
) -> Result<Vec<SendableRecordBatchStream>> {
    let schema = rows.schema();
    let column = |index: usize| {
        Arc::new(Column::new(schema.field(index).name(), index)) as Arc<dyn PhysicalExpr>
    };
    let mut plan: Arc<dyn ExecutionPlan> = Arc::new(StreamingTableExec::try_new(
        Arc::clone(&schema),
        vec![Arc::new(Once::new(rows))],
        None,
        [],
        false,
        None,
    )?);
    let lanes = context.session_config().target_partitions();
    if !layout.partition.is_empty() && lanes > 1 {
        let by_partition = layout
            .partition
            .iter()
            .map(|index| column(*index))
            .collect();
        plan = Arc::new(RepartitionExec::try_new(
            plan,
            Partitioning::Hash(by_partition, lanes),
        )?);
    }
    let columns: Vec<usize> = layout
        .partition
        .iter()
        .chain(&layout.key)
        .copied()
        .chain([layout.origin(), layout.row()])
        .collect();
    let order = columns
        .iter()
        .map(|index| PhysicalSortExpr::new(column(*index), SortOptions::new(false, true)));
    let order = LexOrdering::new(order).expect("a key has columns");
    (0..plan.output_partitioning().partition_count())
        .map(|lane| {
            let rows = plan.execute(lane, Arc::clone(context))?;
            let sorter = Sorter::new(Arc::clone(&schema), columns.clone(), order.clone(), context);
            let sorted = stream::once(sorter.sort(rows)).try_flatten();
            let sorted = RecordBatchStreamAdapter::new(Arc::clone(&schema), sorted);
            // Each lane sorts in a task of its own, whichever is asked first.
            Ok(spawn_buffered(Box::pin(sorted), BATCHES_AHEAD))
        })
        .collect()
}

/// A stream as the input of a plan that is run once.
pub(crate) struct Once {
    schema: SchemaRef,
    rows: Mutex<Option<SendableRecordBatchStream>>,
}

impl Once {
    pub(crate) fn new(rows: SendableRecordBatchStream) -> Once {
        Once {
            schema: rows.schema(),
            rows: Mutex::new(Some(rows)),
        }
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = self
            .rows
            .lock()
            .expect("no thread fails while it holds this lock")
            .take();
        rows.unwrap_or_else(|| Box::pin(EmptyRecordBatchStream::new(Arc::clone(&self.schema))))
    }
}
