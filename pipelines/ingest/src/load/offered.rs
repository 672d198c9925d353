//! The offered side of a merge: rows sorted by partition and key, handed out partition by partition.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, partition};
use arrow::datatypes::UInt32Type;
use arrow::util::display::array_value_to_string;
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;
use warehouse::PartitionValues;

use super::keyed::Layout;
use crate::error::{Doing, IngestError};
use crate::place::Origins;

/// Files whose rows do not count because the file could not be read to its end.
pub(crate) type FailedFiles = Arc<Mutex<BTreeSet<u32>>>;

/// Sorted rows, one partition after the other.
pub(crate) struct Offered {
    rows: Option<SendableRecordBatchStream>,
    layout: Layout,
    origins: Arc<Origins>,
    failed: FailedFiles,
    pieces: VecDeque<(PartitionValues, RecordBatch)>,
}

impl Offered {
    /// Rows of the offered layout, sorted by partition, key, origin and row.
    pub(crate) fn new(
        rows: SendableRecordBatchStream,
        layout: &Layout,
        origins: &Arc<Origins>,
        failed: &FailedFiles,
    ) -> Offered {
        Offered {
            rows: Some(rows),
            layout: layout.clone(),
            origins: Arc::clone(origins),
            failed: Arc::clone(failed),
            pieces: VecDeque::new(),
        }
    }

    /// No rows.
    pub(crate) fn nothing(layout: &Layout, origins: &Arc<Origins>) -> Offered {
        Offered {
            rows: None,
            layout: layout.clone(),
            origins: Arc::clone(origins),
            failed: FailedFiles::default(),
            pieces: VecDeque::new(),
        }
    }

    /// The partition of the next row. The first answer comes when all input is sorted.
    pub(crate) async fn partition(&mut self) -> Result<Option<PartitionValues>, IngestError> {
        while self.pieces.is_empty() {
            let Some(rows) = &mut self.rows else {
                return Ok(None);
            };
            match rows.try_next().await.map_err(Doing::Sorting.failed())? {
                None => self.rows = None,
                Some(batch) => {
                    let batch = self.without_failed_files(batch)?;
                    self.split(&batch)?;
                }
            }
        }
        Ok(self.pieces.front().map(|(partition, _)| partition.clone()))
    }

    /// The next rows of `partition`; `None` when another one comes next.
    pub(super) async fn next_of(
        &mut self,
        partition: &PartitionValues,
    ) -> Result<Option<RecordBatch>, IngestError> {
        if self.partition().await?.as_ref() != Some(partition) {
            return Ok(None);
        }
        Ok(self.pieces.pop_front().map(|(_, batch)| batch))
    }

    fn without_failed_files(&self, batch: RecordBatch) -> Result<RecordBatch, IngestError> {
        let failed = self
            .failed
            .lock()
            .expect("no thread fails while it holds this lock");
        if failed.is_empty() {
            return Ok(batch);
        }
        let fails: Vec<bool> = self
            .origins
            .files_by_origin()
            .iter()
            .map(|file| failed.contains(file))
            .collect();
        let origins = batch
            .column(self.layout.origin())
            .as_primitive::<UInt32Type>();
        let stays: BooleanArray = origins
            .values()
            .iter()
            .map(|origin| Some(!fails[*origin as usize]))
            .collect();
        filter_record_batch(&batch, &stays).map_err(Doing::Sorting.failed())
    }

    fn split(&mut self, batch: &RecordBatch) -> Result<(), IngestError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.layout.partition.is_empty() {
            self.pieces
                .push_back((PartitionValues::default(), batch.clone()));
            return Ok(());
        }
        let columns: Vec<ArrayRef> = self
            .layout
            .partition
            .iter()
            .map(|index| Arc::clone(batch.column(*index)))
            .collect();
        let last = batch.num_rows() - 1;
        let is_one = |column: &ArrayRef| column.slice(0, 1) == column.slice(last, 1);
        // They are sorted: what is the same at both ends is the same between.
        if columns.iter().all(is_one) {
            let partition = self.partition_of(batch)?;
            self.pieces.push_back((partition, batch.clone()));
            return Ok(());
        }
        for range in partition(&columns)
            .map_err(Doing::Sorting.failed())?
            .ranges()
        {
            let piece = batch.slice(range.start, range.len());
            self.pieces.push_back((self.partition_of(&piece)?, piece));
        }
        Ok(())
    }

    /// The partition of the first row, in Delta's text form, which Arrow's is for the types a
    /// contract may partition by (text, whole numbers, dates).
    fn partition_of(&self, piece: &RecordBatch) -> Result<PartitionValues, IngestError> {
        let mut values = Vec::with_capacity(self.layout.partition.len());
        for index in &self.layout.partition {
            let column = piece.column(*index);
            let value = match column.is_null(0) {
                true => None,
                false => Some(array_value_to_string(column, 0).map_err(Doing::Sorting.failed())?),
            };
            values.push((piece.schema_ref().field(*index).name().clone(), value));
        }
        Ok(PartitionValues::new(values))
    }
}
