//! The merge of one partition: offered rows against the table's, both in key order.
//!
//! One pass decides about every row and lets the winners out (rows to be written); nothing of the
//! table is copied here. Whether the partition must be written anew, because a row of the table
//! changes or goes, is known at the end; [`super::rewrite`] then goes over the table's rows a second
//! time with one bit for each that says whether it stays.

use std::sync::Arc;

use arrow::array::{BooleanArray, BooleanBufferBuilder};
use arrow::compute::filter_record_batch;
use datafusion::execution::SendableRecordBatchStream;

use super::group::Group;
use super::keyed::{Codec, KeyedBatch, Slot};
use super::offered::Offered;
use super::refuse::Refuse;
use super::rules::Rules;
use super::table_side::{Kept, TableSide};
use super::tally::Tally;
use super::winners::Winners;
use crate::error::{Doing, IngestError};
use warehouse::PartitionValues;

/// What the merge of a partition came to.
pub(super) struct PartitionMerge {
    pub tally: Tally,
    pub kept: Kept,
}

/// Merges the rows of `partition` that come next in `offered` with `table`, its rows in the table
/// (`None` when the table has no such partition). Winners go to `winners` in key order.
pub(super) async fn merge_partition(
    offered: &mut Offered,
    partition: &PartitionValues,
    table: Option<SendableRecordBatchStream>,
    codec: &Arc<Codec>,
    rules: &Rules,
    refuse: &mut Refuse<'_>,
    winners: &mut Winners<'_>,
) -> Result<PartitionMerge, IngestError> {
    let mut merge = Merge {
        table: TableSide::new(table, codec, &rules.removal),
        rules,
        refuse,
        winners,
        group: None,
        tally: Tally::default(),
    };
    let mut previous: Option<Arc<KeyedBatch>> = None;
    let mut next = next_batch(offered, partition, codec).await?;
    while let Some(batch) = next {
        next = next_batch(offered, partition, codec).await?;
        let goes_on = match &next {
            Some(next) => batch.goes_on_in(next)?,
            None => false,
        };
        merge.batch(&batch, previous.as_deref(), goes_on).await?;
        previous = Some(batch);
    }
    let Merge {
        table, mut tally, ..
    } = merge;
    let kept = table.finish().await?;
    tally.deleted += kept.deleted;
    Ok(PartitionMerge { tally, kept })
}

async fn next_batch(
    offered: &mut Offered,
    partition: &PartitionValues,
    codec: &Arc<Codec>,
) -> Result<Option<Arc<KeyedBatch>>, IngestError> {
    let batch = offered.next_of(partition).await?;
    Ok(batch.map(|batch| KeyedBatch::new(batch, codec)))
}

struct Merge<'a, 'r, 'w> {
    table: TableSide<'a>,
    rules: &'a Rules,
    refuse: &'a mut Refuse<'r>,
    winners: &'a mut Winners<'w>,
    /// The rows of a key whose last row has not come yet.
    group: Option<Group>,
    tally: Tally,
}

impl Merge<'_, '_, '_> {
    /// `goes_on`: the last row's key goes on in the next batch.
    async fn batch(
        &mut self,
        batch: &Arc<KeyedBatch>,
        previous: Option<&KeyedBatch>,
        goes_on: bool,
    ) -> Result<(), IngestError> {
        let begins = batch.begins_key(previous)?;
        let all_begin = begins.count_set_bits() == batch.len();
        if all_begin && !goes_on && self.table.is_over() && batch.refused().is_none() {
            self.tally.inserted += batch.len() as u64;
            return self.winners.push(batch.batch.clone()).await;
        }
        let mut wins = BooleanBufferBuilder::new(batch.len());
        wins.append_n(batch.len(), false);
        let ends = begins
            .set_indices()
            .filter(|row| *row > 0)
            .chain([batch.len()]);
        let mut row = 0;
        for end in ends {
            let is_open = end == batch.len() && goes_on;
            self.rows_of_key(batch, row..end, is_open, &mut wins)
                .await?;
            row = end;
        }
        let wins = BooleanArray::from(wins.finish());
        if wins.has_true() {
            let written =
                filter_record_batch(&batch.batch, &wins).map_err(Doing::Merging.failed())?;
            self.winners.push(written).await?;
        }
        Ok(())
    }

    async fn rows_of_key(
        &mut self,
        batch: &Arc<KeyedBatch>,
        rows: std::ops::Range<usize>,
        is_open: bool,
        wins: &mut BooleanBufferBuilder,
    ) -> Result<(), IngestError> {
        let mut group = match self.group.take() {
            Some(group) => group,
            None if self.table.is_over() => Group::new(None),
            None => {
                let keys = batch.keys()?;
                Group::new(self.table.seek(keys.row(rows.start)).await?)
            }
        };
        for row in rows {
            // A refused row says that the source still has the key: the table's row is not to go.
            if batch.refused().is_some_and(|refused| refused.value(row)) {
                continue;
            }
            let slot = Slot {
                batch: Arc::clone(batch),
                row,
            };
            group.offer(slot, self.rules, self.refuse, &mut self.tally)?;
        }
        if is_open {
            self.group = Some(group);
            return Ok(());
        }
        let (winner, table) = group.close(self.rules, self.refuse, &mut self.tally)?;
        let Some(winner) = self.meet(winner, table)? else {
            return Ok(());
        };
        if Arc::ptr_eq(&winner.batch, batch) {
            wins.set_bit(winner.row, true);
            return Ok(());
        }
        // The row stands in a batch before; all rows of smaller keys are out already.
        self.winners
            .push(winner.batch.batch.slice(winner.row, 1))
            .await
    }

    /// Decides between the load's row and the table's; answers the row to write.
    fn meet(
        &mut self,
        winner: Option<Slot>,
        table: Option<Slot>,
    ) -> Result<Option<Slot>, IngestError> {
        match (winner, table) {
            (None, None) => Ok(None),
            (Some(winner), None) => {
                self.tally.inserted += 1;
                Ok(Some(winner))
            }
            (None, Some(_)) => {
                self.table.settle(true);
                Ok(None)
            }
            (Some(winner), Some(table)) => {
                let same = winner.same_values(&table)?;
                let is_newer = |newer: &super::rules::Newer| {
                    newer.keeps(&table.batch.batch, table.row, self.refuse.file_of(&winner))
                };
                let kept = if same {
                    self.tally.unchanged += 1;
                    true
                } else if self.rules.newer.as_ref().is_some_and(is_newer) {
                    self.tally.duplicate += 1;
                    true
                } else {
                    self.tally.updated += 1;
                    false
                };
                self.table.settle(kept);
                Ok((!kept).then_some(winner))
            }
        }
    }
}
