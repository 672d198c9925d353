//! Load: offered rows into a table, in one commit or not at all.
//!
//! ```text
//! offered rows ─ sort by (partition, key, file, row) ─┬─ lane ─ merge with the table's rows ─ write ─┐
//!                 spills, bounded memory              └─ lane ─ …                                    ├─ one commit
//! ```
//! - [`sort`]: offered rows to sorted lanes; a partition is in one lane.
//! - [`partition`]: the merge of one partition, [`group`]: rows of one key in one load,
//!   [`rules`]: what the modes do.
//! - [`rewrite`]: a partition with changed rows written anew. A partition that only gains rows keeps
//!   its files and gets more; one that stays as it is is not touched.
//!
//! Begin with [`Target`] and [`Target::merge`]. What is merged stands on a snapshot; when somebody
//! else changes one of its partitions meanwhile, the commit is refused and the caller begins anew.

mod group;
mod keyed;
mod offered;
mod partition;
mod refuse;
mod rewrite;
mod rules;
pub(crate) mod sort;
mod table_side;
mod tally;
mod winners;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use contracts::Contract;
use datafusion::common::Column;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, cast};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::SessionContext;
use futures::{StreamExt, stream};
use tokio::sync::mpsc;
use warehouse::{PartitionValues, Removal, Snapshot, Table, Warehouse, WrittenFiles};

use crate::error::{Doing, IngestError};
use crate::place::Origins;
use crate::refusal::RefusalLog;
use crate::spool::Spool;
use keyed::Codec;
use partition::merge_partition;
use refuse::Refuse;
use winners::{Finish, Outlet, Winners};

pub(crate) use keyed::Layout;
pub(crate) use offered::{FailedFiles, Offered};
pub(crate) use rules::{Meeting, Newer, Periods, Rules, Scope};
pub(crate) use tally::Tally;

/// Batches that wait between merge and writer.
const BATCHES_AHEAD: usize = 2;

/// A table in the state a load stands on.
pub(crate) struct Target {
    pub table: Table,
    pub snapshot: Snapshot,
    pub layout: Layout,
    session: SessionContext,
    codec: Arc<Codec>,
    schema: SchemaRef,
}

/// What a merge came to: files nobody sees yet, and what they mean.
#[derive(Default)]
pub(crate) struct Merged {
    pub tally: Tally,
    pub files: WrittenFiles,
    /// Partitions whose present files go.
    pub replaced: Vec<PartitionValues>,
    /// Rows written.
    pub written: u64,
    /// Rows that should have been written: the new ones, and those of replaced partitions that stay.
    pub expected: u64,
}

/// Where the columns of `contract` stand. Columns in `ignored` do not make two rows different.
pub(crate) fn layout(contract: &Contract, ignored: &[&str]) -> Layout {
    let position = |name: &str| {
        let found = contract.column_names().position(|column| column == name);
        found.expect("a contract's key and partitions are columns of it")
    };
    let key: Vec<usize> = contract
        .key
        .iter()
        .map(|name| position(name.as_str()))
        .collect();
    let compared = (0..contract.columns.len())
        .filter(|index| !key.contains(index))
        .filter(|index| !ignored.contains(&contract.columns[*index].name.as_str()));
    Layout {
        columns: contract.columns.len(),
        partition: contract
            .partition_by
            .iter()
            .map(|name| position(name.as_str()))
            .collect(),
        compared: compared.collect(),
        key,
    }
}

impl Target {
    /// The newest state of the contract's table, which is made if it is not there.
    ///
    /// # Errors
    /// When the table cannot be opened.
    pub(crate) async fn open(
        warehouse: &Warehouse,
        contract: &Contract,
        layout: Layout,
    ) -> Result<Target, IngestError> {
        let table = warehouse.table(&contract.id).await?;
        let snapshot = table.snapshot().await?;
        let schema = contract.table_schema();
        Ok(Target {
            codec: Codec::new(layout.clone(), &schema)?,
            session: warehouse.session(),
            table,
            snapshot,
            layout,
            schema,
        })
    }

    /// Merges the lanes into the table as `rules` say; rows set aside go to `log`.
    ///
    /// The table is not changed: commit [`Merged::files`] for that.
    ///
    /// # Errors
    /// Of the input, the storage, the engine.
    pub(crate) async fn merge(
        self: &Arc<Self>,
        lanes: Vec<Offered>,
        rules: Rules,
        origins: &Arc<Origins>,
        log: &Arc<Mutex<RefusalLog>>,
    ) -> Result<Merged, IngestError> {
        let lane = Arc::new(Lane {
            finish: Finish::new(&self.schema, &self.layout, origins),
            target: Arc::clone(self),
            rules,
            origins: Arc::clone(origins),
            log: Arc::clone(log),
        });
        let mut tasks = tokio::task::JoinSet::new();
        for offered in lanes {
            let lane = Arc::clone(&lane);
            tasks.spawn(lane.run(offered, Vec::new()));
        }
        let mut merged = Merged::default();
        let mut met = BTreeSet::new();
        while let Some(done) = tasks.join_next().await {
            let (part, partitions) = joined(done)?;
            merged.add(part);
            met.extend(partitions);
        }
        if lane.rules.removal.removes() {
            let partitions = self.snapshot.partitions();
            let rest: Vec<PartitionValues> = partitions
                .into_iter()
                .filter(|partition| !met.contains(partition))
                .collect();
            let nothing = Offered::nothing(&self.layout, origins);
            merged.add(lane.run(nothing, rest).await?.0);
        }
        Ok(merged)
    }

    /// The table's rows of one partition, in key order, with the table's schema.
    async fn sorted_rows(
        &self,
        partition: &PartitionValues,
    ) -> Result<SendableRecordBatchStream, IngestError> {
        let column = |name: &str| Expr::Column(Column::from_name(name));
        let columns =
            self.schema.fields().iter().map(|field| {
                cast(column(field.name()), field.data_type().clone()).alias(field.name())
            });
        let key = self.layout.key.iter().map(|index| {
            let name = self.schema.field(*index).name();
            column(name).sort(true, true)
        });
        let provider = self
            .snapshot
            .provider_of(&BTreeSet::from([partition.clone()]));
        let sorted = async {
            let rows = self.session.read_table(provider)?;
            rows.select(columns.collect::<Vec<_>>())?
                .sort(key.collect())?
                .execute_stream()
                .await
        };
        let rows = sorted.await.map_err(Doing::ReadingTable.failed())?;
        let schema = Arc::clone(&self.schema);
        let relabelled = rows.map(move |batch| {
            Ok(RecordBatch::try_new(
                Arc::clone(&schema),
                batch?.columns().to_vec(),
            )?)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            relabelled,
        )))
    }
}

/// What the lanes of a merge share.
struct Lane {
    target: Arc<Target>,
    finish: Finish,
    rules: Rules,
    origins: Arc<Origins>,
    log: Arc<Mutex<RefusalLog>>,
}

impl Lane {
    /// Merges everything `offered`, then goes through the partitions of `rest`, of which nothing is
    /// offered; answers what it came to and which partitions it met.
    async fn run(
        self: Arc<Self>,
        mut offered: Offered,
        rest: Vec<PartitionValues>,
    ) -> Result<(Merged, BTreeSet<PartitionValues>), IngestError> {
        let (sender, mut receiver) = mpsc::channel(BATCHES_AHEAD);
        let batches = stream::poll_fn(move |context| receiver.poll_recv(context));
        let rows = RecordBatchStreamAdapter::new(Arc::clone(&self.target.schema), batches);
        let table = self.target.table.clone();
        let writer = tokio::spawn(async move { table.write_stream(Box::pin(rows)).await });
        let mut outlet = Outlet::new(sender.clone());

        let mut merged = Merged::default();
        let mut met = BTreeSet::new();
        let worked = async {
            while let Some(partition) = offered.partition().await? {
                self.partition(&partition, &mut offered, &mut outlet, &mut merged)
                    .await?;
                met.insert(partition);
            }
            for partition in rest {
                self.partition(&partition, &mut offered, &mut outlet, &mut merged)
                    .await?;
            }
            Ok::<(), IngestError>(())
        };
        let worked = worked.await;
        merged.written = outlet.rows();
        drop(outlet);
        if worked.is_err() {
            // The writer must not take the end of the rows for success: an error makes it remove
            // the files it has finished.
            let _ = sender.send(Err(IngestError::Stopped.into())).await;
        }
        drop(sender);
        let written = writer.await;
        match worked {
            // The writer gave up first, and knows why.
            Err(IngestError::Stopped) => joined_write(written).and(Err(IngestError::Stopped)),
            Err(error) => Err(error),
            Ok(()) => {
                merged.files = joined_write(written)?;
                Ok((merged, met))
            }
        }
    }

    async fn partition(
        &self,
        partition: &PartitionValues,
        offered: &mut Offered,
        outlet: &mut Outlet,
        merged: &mut Merged,
    ) -> Result<(), IngestError> {
        let target = &self.target;
        let is_there = target.snapshot.partitions().contains(partition);
        let table = match is_there {
            true => Some(target.sorted_rows(partition).await?),
            false => None,
        };
        let context = target.session.task_ctx();
        let mut winners = Winners {
            finish: &self.finish,
            outlet: &mut *outlet,
            aside: is_there.then(|| Spool::new(Arc::clone(&target.schema), &context)),
        };
        let mut refuse = Refuse {
            layout: &target.layout,
            origins: &self.origins,
            log: &self.log,
        };
        let done = merge_partition(
            offered,
            partition,
            table,
            &target.codec,
            &self.rules,
            &mut refuse,
            &mut winners,
        )
        .await?;
        merged.tally += done.tally;
        merged.expected += done.tally.inserted + done.tally.updated;
        let Some(aside) = winners.aside.take() else {
            return Ok(());
        };
        let won = aside.finish();
        if !done.tally.disturbs_the_table() {
            return send_all(won.stream(), outlet).await;
        }
        merged.replaced.push(partition.clone());
        let kept = done.kept.rows.count_set_bits();
        merged.expected += kept as u64;
        if kept == 0 {
            return send_all(won.stream(), outlet).await;
        }
        let table = target.sorted_rows(partition).await?;
        rewrite::rewrite(table, &done.kept.rows, won.stream(), &target.codec, outlet).await
    }
}

async fn send_all(
    mut rows: SendableRecordBatchStream,
    outlet: &mut Outlet,
) -> Result<(), IngestError> {
    while let Some(batch) = rows.next().await {
        outlet
            .send(batch.map_err(Doing::SettingAside.failed())?)
            .await?;
    }
    Ok(())
}

impl Merged {
    /// What the commit removes.
    pub(crate) fn removal(&self) -> Removal {
        match self.replaced.as_slice() {
            [] => Removal::None,
            partitions => Removal::Partitions(partitions.to_vec()),
        }
    }

    fn add(&mut self, other: Merged) {
        self.tally += other.tally;
        self.files.extend(other.files);
        self.replaced.extend(other.replaced);
        self.written += other.written;
        self.expected += other.expected;
    }
}

/// What a task answered; a panic in it goes on in whoever waits.
pub(crate) fn joined<T>(
    done: Result<Result<T, IngestError>, tokio::task::JoinError>,
) -> Result<T, IngestError> {
    match done {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(IngestError::Stopped),
    }
}

fn joined_write(
    done: Result<Result<WrittenFiles, warehouse::WarehouseError>, tokio::task::JoinError>,
) -> Result<WrittenFiles, IngestError> {
    joined(done.map(|result| result.map_err(IngestError::from)))
}
