//! A partition written anew: the table's rows that stay, and the winners, in one key order.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{filter_record_batch, interleave_record_batch};
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use super::keyed::{Codec, KeyedBatch};
use super::winners::Outlet;
use crate::error::{Doing, IngestError};

/// Sends the rows of `table` marked in `kept` and all `winners` to `outlet`, in key order.
///
/// Both inputs are of the table's schema, sorted by key, and share no key once unmarked rows are gone.
pub(super) async fn rewrite(
    table: SendableRecordBatchStream,
    kept: &BooleanBuffer,
    winners: SendableRecordBatchStream,
    codec: &Arc<Codec>,
    outlet: &mut Outlet,
) -> Result<(), IngestError> {
    let mut kept = Side::new(table, codec, Some(kept));
    let mut won = Side::new(winners, codec, None);
    loop {
        match (kept.load().await?, won.load().await?) {
            (false, false) => break,
            (true, false) => outlet.send(kept.take_rest()).await?,
            (false, true) => outlet.send(won.take_rest()).await?,
            (true, true) => {
                let merged = merge(&mut kept, &mut won)?;
                outlet.send(merged).await?;
            }
        }
    }
    kept.check_all_seen()
}

/// Merges until one side's batch is used up.
fn merge(kept: &mut Side<'_>, won: &mut Side<'_>) -> Result<RecordBatch, IngestError> {
    let (left, right) = (kept.batch(), won.batch());
    let (left_keys, right_keys) = (left.keys()?, right.keys()?);
    let mut order = Vec::with_capacity(left.len() - kept.at + right.len() - won.at);
    while kept.at < left.len() && won.at < right.len() {
        if left_keys.row(kept.at) < right_keys.row(won.at) {
            order.push((0, kept.at));
            kept.at += 1;
        } else {
            order.push((1, won.at));
            won.at += 1;
        }
    }
    interleave_record_batch(&[&left.batch, &right.batch], &order).map_err(Doing::Merging.failed())
}

struct Side<'a> {
    rows: SendableRecordBatchStream,
    codec: Arc<Codec>,
    /// Which rows count, from the first of the stream.
    marks: Option<&'a BooleanBuffer>,
    seen: usize,
    batch: Option<Arc<KeyedBatch>>,
    at: usize,
}

impl<'a> Side<'a> {
    fn new(
        rows: SendableRecordBatchStream,
        codec: &Arc<Codec>,
        marks: Option<&'a BooleanBuffer>,
    ) -> Side<'a> {
        Side {
            rows,
            codec: Arc::clone(codec),
            marks,
            seen: 0,
            batch: None,
            at: 0,
        }
    }

    /// Makes sure that a row is at hand; answers whether there is one.
    async fn load(&mut self) -> Result<bool, IngestError> {
        if self
            .batch
            .as_ref()
            .is_some_and(|batch| self.at < batch.len())
        {
            return Ok(true);
        }
        self.batch = None;
        while let Some(batch) = self
            .rows
            .try_next()
            .await
            .map_err(Doing::ReadingTable.failed())?
        {
            let batch = self.marked(batch)?;
            if batch.num_rows() > 0 {
                self.batch = Some(KeyedBatch::new(batch, &self.codec));
                self.at = 0;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn marked(&mut self, batch: RecordBatch) -> Result<RecordBatch, IngestError> {
        let Some(marks) = self.marks else {
            return Ok(batch);
        };
        let begin = self.seen;
        self.seen += batch.num_rows();
        if self.seen > marks.len() {
            return Err(IngestError::KeyNotUnique);
        }
        let marks = BooleanArray::from(marks.slice(begin, batch.num_rows()));
        filter_record_batch(&batch, &marks).map_err(Doing::ReadingTable.failed())
    }

    /// The same files were read twice in the same order, so the rows are as many.
    fn check_all_seen(&self) -> Result<(), IngestError> {
        match self.marks {
            Some(marks) if marks.len() != self.seen => Err(IngestError::KeyNotUnique),
            _ => Ok(()),
        }
    }

    fn batch(&self) -> Arc<KeyedBatch> {
        Arc::clone(self.batch.as_ref().expect("a row is at hand"))
    }

    fn take_rest(&mut self) -> RecordBatch {
        let batch = self.batch();
        let rest = batch.batch.slice(self.at, batch.len() - self.at);
        self.at = batch.len();
        rest
    }
}
