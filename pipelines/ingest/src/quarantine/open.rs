//! The rows of `ops.quarantine` that still wait, and how they are closed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use contracts::{Contract, TableId};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{col, lit};
use futures::TryStreamExt;
use warehouse::Warehouse;

use super::{SIGHTING, rules};
use crate::error::{Doing, IngestError};
use crate::load::sort::offered_schema;
use crate::load::{Scope, layout};
use crate::ops;
use crate::spool::{Spool, Spooled};

/// What makes a quarantined row of one table that row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    object: String,
    sheet: String,
    row: i64,
    rule: String,
    column: String,
}

/// A row that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenRow {
    pub job: String,
    pub object: String,
    pub sheet: String,
    pub row: i64,
    pub rule: String,
    pub file_name: String,
    pub first_seen_at: DateTime<Utc>,
}

/// The rows of one table that wait.
pub(crate) struct OpenRows<'a> {
    pub warehouse: &'a Warehouse,
    pub table: &'a TableId,
}

impl OpenRows<'_> {
    /// Calls `note` for each.
    ///
    /// # Errors
    /// Of the storage.
    pub(crate) async fn each(&self, mut note: impl FnMut(OpenRow)) -> Result<(), IngestError> {
        let contract = ops::contract(self.warehouse, "quarantine")?;
        let mut rows = self.read(&contract).await?;
        while let Some(batch) = rows
            .try_next()
            .await
            .map_err(Doing::ReadingQuarantine.failed())?
        {
            let text = |name: &str| column(&batch, name).as_string::<i32>().clone();
            let (jobs, files) = (text("job"), text("file_name"));
            let seen = column(&batch, "first_seen_at")
                .as_primitive::<TimestampMicrosecondType>()
                .clone();
            for (index, key) in keys(&batch).into_iter().enumerate() {
                note(OpenRow {
                    job: jobs.value(index).to_owned(),
                    object: key.object,
                    sheet: key.sheet,
                    row: key.row,
                    rule: key.rule,
                    file_name: files.value(index).to_owned(),
                    first_seen_at: DateTime::from_timestamp_micros(seen.value(index))
                        .unwrap_or_default(),
                });
            }
        }
        Ok(())
    }

    /// Marks as replayed the rows at the places that `is_replayed` names (object, sheet, row), but
    /// those among `refused`; answers how many.
    ///
    /// # Errors
    /// Of the storage.
    pub(crate) async fn close(
        &self,
        refused: Option<&Spooled>,
        is_replayed: impl Fn(&str, &str, i64) -> bool,
    ) -> Result<usize, IngestError> {
        let contract = ops::contract(self.warehouse, "quarantine")?;
        let refused = refused_keys(refused).await?;
        let context = self.warehouse.session().task_ctx();
        let mut closed = Spool::new(offered_schema(&contract), &context);
        let mut rows = self.read(&contract).await?;
        while let Some(batch) = rows
            .try_next()
            .await
            .map_err(Doing::ReadingQuarantine.failed())?
        {
            let closes: BooleanArray = keys(&batch)
                .iter()
                .map(|key| {
                    Some(is_replayed(&key.object, &key.sheet, key.row) && !refused.contains(key))
                })
                .collect();
            let batch =
                filter_record_batch(&batch, &closes).map_err(Doing::ReadingQuarantine.failed())?;
            let batch = with_status(&contract, &batch, "replayed")?;
            closed
                .push(ops::as_offered(&contract, &batch)?)
                .map_err(Doing::SettingAside.failed())?;
        }
        let closed = closed.finish();
        if closed.rows() > 0 {
            let layout = layout(&contract, &SIGHTING);
            let upsert = || Ok(rules(Scope::Nothing));
            ops::post(self.warehouse, &contract, &layout, &closed, upsert).await?;
        }
        Ok(closed.rows())
    }

    async fn read(&self, contract: &Contract) -> Result<SendableRecordBatchStream, IngestError> {
        let snapshot = self.warehouse.table(&contract.id).await?.snapshot().await?;
        let session = self.warehouse.session();
        let open = async {
            let rows = session.read_table(snapshot.provider())?;
            let is_open = col("status").eq(lit("open"));
            let of_table = col("table_name").eq(lit(self.table.to_string()));
            let columns: Vec<_> = contract.column_names().map(col).collect();
            rows.filter(is_open.and(of_table))?
                .select(columns)?
                .execute_stream()
                .await
        };
        open.await.map_err(Doing::ReadingQuarantine.failed())
    }
}

/// The tables with rows that wait.
///
/// # Errors
/// Of the storage.
pub(crate) async fn tables_with_open_rows(
    warehouse: &Warehouse,
) -> Result<BTreeSet<String>, IngestError> {
    let contract = ops::contract(warehouse, "quarantine")?;
    let snapshot = warehouse.table(&contract.id).await?.snapshot().await?;
    let session = warehouse.session();
    let names = async {
        let rows = session.read_table(snapshot.provider())?;
        let open = rows.filter(col("status").eq(lit("open")))?;
        open.select(vec![col("table_name")])?
            .distinct()?
            .collect()
            .await
    };
    let names = names.await.map_err(Doing::ReadingQuarantine.failed())?;
    let names = names
        .iter()
        .flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
    Ok(names.map(str::to_owned).collect())
}

async fn refused_keys(refused: Option<&Spooled>) -> Result<HashSet<Key>, IngestError> {
    let mut refused_keys = HashSet::new();
    if let Some(refused) = refused {
        let mut rows = refused.stream();
        while let Some(batch) = rows
            .try_next()
            .await
            .map_err(Doing::ReadingQuarantine.failed())?
        {
            refused_keys.extend(keys(&batch));
        }
    }
    Ok(refused_keys)
}

fn keys(batch: &RecordBatch) -> Vec<Key> {
    let text = |name: &str| column(batch, name).as_string::<i32>().clone();
    let (objects, sheets) = (text("object"), text("sheet"));
    let (rules, columns) = (text("rule"), text("column_name"));
    let rows = column(batch, "row").as_primitive::<Int64Type>();
    (0..batch.num_rows())
        .map(|index| Key {
            object: objects.value(index).to_owned(),
            sheet: sheets.value(index).to_owned(),
            row: rows.value(index),
            rule: rules.value(index).to_owned(),
            column: columns.value(index).to_owned(),
        })
        .collect()
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    // By the contract of `ops.quarantine`, which is ours.
    batch
        .column_by_name(name)
        .expect("`ops.quarantine` has its columns")
}

fn with_status(
    contract: &Contract,
    batch: &RecordBatch,
    status: &str,
) -> Result<RecordBatch, IngestError> {
    let schema = contract.arrow_schema();
    let columns = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "status" => {
                let values = std::iter::repeat_n(status, batch.num_rows());
                Arc::new(StringArray::from_iter_values(values)) as ArrayRef
            }
            name => Arc::clone(column(batch, name)),
        });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect())
        .map_err(Doing::ReadingQuarantine.failed())
}
