//! Leaving out the last rows of an object.

use std::collections::VecDeque;

use arrow::array::{AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;

use super::error::DecodeError;
use super::{DecodedBatch, ROW_COLUMN};

type Batches = Box<dyn Iterator<Item = Result<DecodedBatch, DecodeError>> + Send>;

/// Holds back as many batches as may hold the last `rows` rows, refused ones counted, and drops those rows
/// when the end comes.
pub(super) struct Footer {
    inner: Batches,
    rows: usize,
    held: VecDeque<DecodedBatch>,
    is_over: bool,
}

impl Footer {
    pub(super) fn new(inner: Batches, rows: usize) -> Footer {
        Footer {
            inner,
            rows,
            held: VecDeque::new(),
            is_over: false,
        }
    }

    /// Whether the batches behind the first hold enough rows to give the first out.
    fn can_give_out(&self) -> bool {
        self.held.iter().skip(1).map(row_count).sum::<usize>() >= self.rows
    }

    /// Drops the last rows from what is held.
    fn cut(&mut self) -> Result<(), arrow::error::ArrowError> {
        let mut numbers: Vec<i64> = Vec::new();
        for batch in &self.held {
            numbers.extend(batch.refused.iter().map(|row| row.row));
            numbers.extend(row_numbers(batch));
        }
        numbers.sort_unstable();
        let Some(first_dropped) = numbers.len().checked_sub(self.rows).map(|at| numbers[at]) else {
            self.held.clear();
            return Ok(());
        };
        for batch in &mut self.held {
            batch.refused.retain(|row| row.row < first_dropped);
            let kept: BooleanArray = row_numbers(batch)
                .map(|row| Some(row < first_dropped))
                .collect();
            batch.rows = filter_record_batch(&batch.rows, &kept)?;
        }
        Ok(())
    }
}

fn row_count(batch: &DecodedBatch) -> usize {
    batch.rows.num_rows() + batch.refused.len()
}

fn row_numbers(batch: &DecodedBatch) -> impl Iterator<Item = i64> + '_ {
    let column = batch.rows.column_by_name(ROW_COLUMN);
    column
        .into_iter()
        .flat_map(|column| column.as_primitive::<Int64Type>().values().iter().copied())
}

impl Iterator for Footer {
    type Item = Result<DecodedBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over && !self.can_give_out() {
            match self.inner.next() {
                Some(Ok(batch)) => self.held.push_back(batch),
                Some(Err(error)) => {
                    self.is_over = true;
                    self.held.clear();
                    return Some(Err(error));
                }
                None => {
                    self.is_over = true;
                    if let Err(source) = self.cut() {
                        self.held.clear();
                        return Some(Err(DecodeError::Batch {
                            file: "footer".to_owned(),
                            source,
                        }));
                    }
                }
            }
        }
        self.held.pop_front().map(Ok)
    }
}
