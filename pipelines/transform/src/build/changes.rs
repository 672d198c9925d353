//! What changed in the inputs of a mart since it was built, and which values of its partition column
//! that touches.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::TableId;
use datafusion::arrow::array::{AsArray as _, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::logical_expr::{Expr, cast, ident, lit};
use datafusion::prelude::SessionContext;
use warehouse::{PartitionValues, Snapshot};

use crate::reach::{Lost, ScanReach};

/// A table up to this size is compared row by row even if what changed reaches every partition: it may
/// be that nothing did that is read.
const SMALL_ROWS: u64 = 100_000;

/// Counts a row's comings and goings.
const SIGN: &str = "_sign";

/// An input whose rows are not those a mart was built on.
#[derive(Debug)]
pub(super) struct Changed {
    /// The table.
    pub table: TableId,
    /// How its rows differ.
    pub rows: ChangedRows,
}

/// Where the rows of two states of a table differ.
#[derive(Debug)]
pub(super) enum ChangedRows {
    /// Somewhere in these partitions.
    In {
        /// The state before; `None` when there was no table.
        old: Option<Box<Snapshot>>,
        /// The state now.
        new: Box<Snapshot>,
        /// The partitions.
        partitions: BTreeSet<PartitionValues>,
    },
    /// It cannot be told, for the reason given.
    Unknown(&'static str),
}

/// How the rows of `table` in the version a build read differ from `now`; `None` when they do not.
///
/// Compaction makes versions without changing rows. When the log no longer tells, rows count as
/// changed.
pub(super) async fn since(
    table: &TableId,
    then: Option<u64>,
    now: Option<&Snapshot>,
) -> Option<Changed> {
    let changed = |rows| {
        Some(Changed {
            table: table.clone(),
            rows,
        })
    };
    let (then, now) = match (then, now) {
        (None, None) => return None,
        (Some(then), Some(now)) if then == now.version() => return None,
        (Some(then), Some(now)) => (then, now),
        (None, Some(now)) => {
            return changed(ChangedRows::In {
                old: None,
                new: Box::new(now.clone()),
                partitions: now.partitions(),
            });
        }
        (Some(_), None) => return changed(ChangedRows::Unknown("it is gone")),
    };
    let Ok(partitions) = now.table().changed_partitions(then, now.version()).await else {
        return changed(ChangedRows::Unknown("its log no longer tells what changed"));
    };
    if partitions.is_empty() {
        return None;
    }
    let Ok(old) = now.table().snapshot_at(then).await else {
        return changed(ChangedRows::Unknown("its former state is no longer kept"));
    };
    if old.partition_by() != now.partition_by() || old.schema() != now.schema() {
        return changed(ChangedRows::Unknown("its columns changed"));
    }
    changed(ChangedRows::In {
        old: Some(Box::new(old)),
        new: Box::new(now.clone()),
        partitions,
    })
}

/// Why the partitions a change touches cannot be told.
pub(super) enum Untold {
    /// It reaches all of them, because the way ends at this.
    Everything(Lost),
    /// The engine failed to compare the states.
    Failed(Box<DataFusionError>),
}

/// The values of the partition column that a changed input touches through `scans`, as Delta writes
/// them.
///
/// Where the value follows from the input's own partitions, no row is read. Else the rows of the
/// changed partitions before and after are laid against each other, in the columns that are read, and
/// those that came or went say which values are touched: a change of a column nobody reads touches
/// none.
pub(super) async fn values_touched(
    session: &SessionContext,
    changed: &Changed,
    scans: &[&ScanReach],
) -> Result<BTreeSet<Option<String>>, Untold> {
    if scans.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (old, new, partitions) = match &changed.rows {
        ChangedRows::In {
            old,
            new,
            partitions,
        } => (old.as_deref(), new.as_ref(), partitions),
        ChangedRows::Unknown(why) => return Err(Untold::Everything(Lost((*why).to_owned()))),
    };
    let failed = |error| Untold::Failed(Box::new(error));
    let columns: BTreeSet<&String> = scans.iter().flat_map(|scan| &scan.columns).collect();
    let mut values = Vec::new();
    let mut lost = None;
    for scan in scans {
        match &scan.value {
            Ok(value) => values.push(value.clone()),
            Err(why) => lost = Some(why.clone()),
        }
    }
    if let Some(lost) = lost {
        // A small table is worth a look: a new description of a unit changes no number.
        let is_small = new.num_rows().is_some_and(|rows| rows <= SMALL_ROWS);
        if is_small {
            let rows = differing_rows(session, old, new, partitions, &columns).map_err(failed)?;
            if rows
                .limit(0, Some(1))
                .map_err(failed)?
                .count()
                .await
                .map_err(failed)?
                == 0
            {
                return Ok(BTreeSet::new());
            }
        }
        return Err(Untold::Everything(lost));
    }
    let by_partition = values.iter().all(|value| {
        let columns = value.column_refs();
        columns
            .iter()
            .all(|column| new.partition_by().contains(&column.name))
    });
    let rows = if by_partition {
        let rows = partition_rows(new, partitions).map_err(failed)?;
        session.read_batch(rows).map_err(failed)?
    } else {
        differing_rows(session, old, new, partitions, &columns).map_err(failed)?
    };
    distinct_texts(rows, &values).await.map_err(failed)
}

/// One row for each partition, with its partition columns.
fn partition_rows(
    new: &Snapshot,
    partitions: &BTreeSet<PartitionValues>,
) -> Result<RecordBatch, DataFusionError> {
    let schema = new.schema();
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for column in new.partition_by() {
        let data_type = schema.field_with_name(column)?.data_type();
        let mut values = Vec::with_capacity(partitions.len());
        for partition in partitions {
            values.push(match partition.get(column) {
                Some(text) => ScalarValue::try_from_string(text.to_owned(), data_type)?,
                None => ScalarValue::try_from(data_type)?,
            });
        }
        fields.push(Field::new(column, data_type.clone(), true));
        arrays.push(ScalarValue::iter_to_array(values)?);
    }
    let count = RecordBatchOptions::new().with_row_count(Some(partitions.len()));
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &count)?)
}

/// The rows, in `columns`, that one state has more often than the other.
fn differing_rows(
    session: &SessionContext,
    old: Option<&Snapshot>,
    new: &Snapshot,
    partitions: &BTreeSet<PartitionValues>,
    columns: &BTreeSet<&String>,
) -> Result<DataFrame, DataFusionError> {
    let signed = |snapshot: &Snapshot, sign: i64| {
        let mut wanted: Vec<Expr> = columns.iter().copied().map(ident).collect();
        wanted.push(lit(sign).alias(SIGN));
        session
            .read_table(snapshot.provider_of(partitions))?
            .select(wanted)
    };
    let mut rows = signed(new, 1)?;
    if let Some(old) = old {
        rows = rows.union(signed(old, -1)?)?;
    }
    rows.aggregate(
        columns.iter().copied().map(ident).collect(),
        vec![sum(ident(SIGN)).alias(SIGN)],
    )?
    .filter(ident(SIGN).not_eq(lit(0_i64)))
}

/// The distinct values of some expressions over rows, as text.
async fn distinct_texts(
    rows: DataFrame,
    values: &[Expr],
) -> Result<BTreeSet<Option<String>>, DataFusionError> {
    let mut texts = BTreeSet::new();
    for value in values {
        let text = cast(value.clone(), DataType::Utf8).alias("value");
        let batches = rows
            .clone()
            .select(vec![text])?
            .distinct()?
            .collect()
            .await?;
        for batch in &batches {
            let column = batch.column(0).as_string::<i32>();
            texts.extend(column.iter().map(|text| text.map(str::to_owned)));
        }
    }
    Ok(texts)
}
