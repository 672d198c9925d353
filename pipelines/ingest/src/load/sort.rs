//! Offered rows to sorted lanes.
//!
//! The rows of a partitioned table are dealt out to their partitions, each of which is sorted by itself
//! ([`buckets`]); those of any other table, and a partition that does not fit in memory, are sorted in
//! [`runs`] that are merged. [`order`] finds the order of rows that are in memory.

mod buckets;
mod narrow;
mod order;
mod runs;

use std::sync::{Arc, Mutex};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use contracts::Contract;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::EmptyRecordBatchStream;
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{TryStreamExt, stream};

use super::keyed::Layout;
use crate::select::{ORIGIN, ROW};
use buckets::Dealing;
use runs::{SortBy, Sorter};

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
    let by = layout.partition.iter().chain(&layout.key).copied();
    let by = SortBy::new(&schema, by.chain([layout.origin(), layout.row()]).collect());
    let lanes = match layout.partition.as_slice() {
        [] => {
            let sorter = Sorter::new(Arc::clone(&schema), &by, context);
            let sorted = stream::once(sorter.sort(rows)).try_flatten();
            vec![Box::pin(RecordBatchStreamAdapter::new(schema, sorted)) as _]
        }
        partition => {
            let lanes = context.session_config().target_partitions();
            Dealing::new(by, partition.to_vec()).lanes(rows, lanes, context)?
        }
    };
    // Each lane sorts in a task of its own, whichever is asked first.
    Ok(lanes
        .into_iter()
        .map(|lane| spawn_buffered(lane, BATCHES_AHEAD))
        .collect())
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
