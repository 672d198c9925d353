//! The table's side of a merge: its rows of one partition in key order, and which of them stay.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;
use arrow::row::{Row, Rows};
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use super::keyed::{Codec, KeyedBatch, Slot};
use super::rules::Scope;
use crate::error::{Doing, IngestError};

/// A cursor over the table's rows. Every row it leaves behind is marked as kept or not.
pub(super) struct TableSide<'a> {
    rows: Option<SendableRecordBatchStream>,
    codec: Arc<Codec>,
    scope: &'a Scope,
    batch: Option<Current>,
    kept: BooleanBufferBuilder,
    deleted: u64,
}

struct Current {
    batch: Arc<KeyedBatch>,
    at: usize,
    /// Which rows go if the load does not offer them.
    doomed: Option<BooleanBuffer>,
}

/// What became of the table's rows of one partition.
pub(super) struct Kept {
    /// For each row, in key order, whether it stays as it is.
    pub rows: BooleanBuffer,
    /// How many go because they were not offered again.
    pub deleted: u64,
}

impl<'a> TableSide<'a> {
    /// Begins at the first row; `None` stands for a partition the table does not have.
    pub(super) fn new(
        rows: Option<SendableRecordBatchStream>,
        codec: &Arc<Codec>,
        scope: &'a Scope,
    ) -> TableSide<'a> {
        TableSide {
            rows,
            codec: Arc::clone(codec),
            scope,
            batch: None,
            kept: BooleanBufferBuilder::new(0),
            deleted: 0,
        }
    }

    /// Whether no row is left to meet.
    pub(super) fn is_over(&self) -> bool {
        self.rows.is_none() && self.batch.is_none()
    }

    /// Moves to the row of `key`, leaving all rows before it behind; `None` when there is no such row.
    pub(super) async fn seek(&mut self, key: Row<'_>) -> Result<Option<Slot>, IngestError> {
        loop {
            if !self.load().await? {
                return Ok(None);
            }
            let Some(current) = &self.batch else {
                return Ok(None);
            };
            let keys = current.batch.keys()?;
            let (at, length) = (current.at, current.batch.len());
            match keys.row(at).cmp(&key) {
                Ordering::Equal => {
                    return Ok(Some(Slot {
                        batch: Arc::clone(&current.batch),
                        row: at,
                    }));
                }
                Ordering::Greater => return Ok(None),
                Ordering::Less => {
                    let to = at + 1 + count_less(keys, at + 1..length, key);
                    self.leave_behind(to);
                }
            }
        }
    }

    /// Leaves the row found by [`TableSide::seek`] behind, kept or replaced.
    pub(super) fn settle(&mut self, kept: bool) {
        if let Some(current) = &mut self.batch {
            self.kept.append(kept);
            current.at += 1;
        }
    }

    /// Leaves all remaining rows behind.
    pub(super) async fn finish(mut self) -> Result<Kept, IngestError> {
        while self.load().await? {
            let length = self.batch.as_ref().map_or(0, |current| current.batch.len());
            self.leave_behind(length);
        }
        Ok(Kept {
            rows: self.kept.finish(),
            deleted: self.deleted,
        })
    }

    fn leave_behind(&mut self, to: usize) {
        let Some(current) = &mut self.batch else {
            return;
        };
        let count = to - current.at;
        match &current.doomed {
            None => self.kept.append_n(count, true),
            Some(doomed) => {
                let stays = !&doomed.slice(current.at, count);
                self.deleted += (count - stays.count_set_bits()) as u64;
                self.kept.append_buffer(&stays);
            }
        }
        current.at = to;
    }

    /// Makes sure that a row is at hand; answers whether there is one.
    async fn load(&mut self) -> Result<bool, IngestError> {
        let previous = match &self.batch {
            Some(current) if current.at < current.batch.len() => return Ok(true),
            Some(current) => Some(Arc::clone(&current.batch)),
            None => None,
        };
        loop {
            let Some(rows) = &mut self.rows else {
                return Ok(false);
            };
            let Some(batch) = rows
                .try_next()
                .await
                .map_err(Doing::ReadingTable.failed())?
            else {
                self.rows = None;
                self.batch = None;
                return Ok(false);
            };
            if batch.num_rows() == 0 {
                continue;
            }
            let batch = KeyedBatch::new(batch, &self.codec);
            let begins = batch.begins_key(previous.as_deref())?;
            if begins.count_set_bits() < begins.len() {
                return Err(IngestError::KeyNotUnique);
            }
            let doomed = self.scope.doomed(&batch.batch)?;
            self.batch = Some(Current {
                batch,
                at: 0,
                doomed,
            });
            return Ok(true);
        }
    }
}

/// How many of the rows in `range`, which are in order, come before `key`.
fn count_less(keys: &Rows, range: std::ops::Range<usize>, key: Row<'_>) -> usize {
    // Keys mostly lie close together: gallop to an upper bound, then halve.
    let (begin, length) = (range.start, range.len());
    let mut reach = 1;
    while reach < length && keys.row(begin + reach - 1) < key {
        reach *= 2;
    }
    let (mut low, mut high) = (0, reach.min(length));
    while low < high {
        let middle = low + (high - low) / 2;
        if keys.row(begin + middle) < key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
