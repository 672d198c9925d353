//! Which columns of the rows given become which columns of the table, and what is refused.
//!
//! Columns are matched by name. A cast is made where it keeps the value or fails loudly: other
//! widths of text and signed integers, other precisions of decimals (rounded half away from zero to
//! the table's scale), other precisions of moments. What Delta or exactness cannot bear is refused:
//! unsigned integers (Delta takes them and stores wrong numbers), times of day, half floats, and any
//! float where the table has a decimal.

use std::fmt;
use std::sync::Arc;

use contracts::text::nearest;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::expressions::{Column, cast};
use datafusion::physical_expr::{PhysicalExpr, projection::ProjectionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt as _;

use crate::error::WarehouseError;
use crate::table::Table;
use crate::types::type_name;

/// One way in which rows do not fit a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum ColumnFault {
    Missing {
        column: String,
    },
    Unknown {
        column: String,
        nearest: Option<String>,
    },
    Type {
        column: String,
        given: String,
        wanted: String,
        advice: Option<String>,
    },
    Twice {
        column: String,
    },
}

impl fmt::Display for ColumnFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { column } => write!(formatter, "`{column}` is missing"),
            Self::Twice { column } => write!(formatter, "`{column}` is given twice"),
            Self::Unknown { column, nearest } => {
                write!(formatter, "the table has no `{column}`")?;
                match nearest {
                    Some(nearest) => write!(formatter, " (did you mean `{nearest}`?)"),
                    None => Ok(()),
                }
            }
            Self::Type {
                column,
                given,
                wanted,
                advice,
            } => {
                write!(formatter, "`{column}` is {given}, the table wants {wanted}")?;
                match advice {
                    Some(advice) => write!(formatter, " ({advice})"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Puts the columns of `plan` into the table's order and types.
pub(super) fn project(
    table: &Table,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>, WarehouseError> {
    let given = plan.schema();
    let wanted = &table.layout().schema;
    let sources = sources(table, &given)?;
    let compute =
        |source| WarehouseError::compute(table.id(), table.warehouse().memory_bytes(), source);
    let columns = sources
        .into_iter()
        .zip(wanted.fields())
        .map(|(index, field)| {
            let column: Arc<dyn PhysicalExpr> =
                Arc::new(Column::new(given.field(index).name(), index));
            let expr = cast(column, &given, field.data_type().clone())?;
            Ok(ProjectionExpr::new(expr, field.name()))
        });
    let columns: Result<Vec<_>, DataFusionError> = columns.collect();
    let projection = ProjectionExec::try_new(columns.map_err(compute)?, plan).map_err(compute)?;
    Ok(Arc::new(projection))
}

/// Puts the columns of a stream into the table's order and types.
pub(super) fn stream(
    table: &Table,
    stream: SendableRecordBatchStream,
) -> Result<SendableRecordBatchStream, WarehouseError> {
    let given = stream.schema();
    let wanted = table.layout().schema.clone();
    let sources = sources(table, &given)?;
    if sources.iter().copied().eq(0..wanted.fields().len()) && same_types(&given, &wanted) {
        return Ok(stream);
    }
    let schema = cast_schema(&wanted);
    let batches = {
        let schema = schema.clone();
        stream.map(move |batch| cast_batch(&batch?, &sources, &schema))
    };
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
}

/// An error met while rows were computed, as the table's.
pub(super) fn row_error(table: &Table, source: DataFusionError, memory: usize) -> WarehouseError {
    WarehouseError::compute(table.id(), memory, source)
}

/// For each column of the table, the index of the column given.
fn sources(table: &Table, given: &Schema) -> Result<Vec<usize>, WarehouseError> {
    let wanted = &table.layout().schema;
    let mut faults = Vec::new();
    let mut sources = Vec::with_capacity(wanted.fields().len());
    for field in wanted.fields() {
        let mut found = given
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, given)| given.name() == field.name());
        let column = field.name().clone();
        let Some((index, source)) = found.next() else {
            faults.push(ColumnFault::Missing { column });
            continue;
        };
        if found.next().is_some() {
            faults.push(ColumnFault::Twice { column });
        } else if let Err(advice) = check_cast(source.data_type(), field.data_type()) {
            faults.push(ColumnFault::Type {
                column,
                given: type_name(source.data_type()),
                wanted: type_name(field.data_type()),
                advice,
            });
        }
        sources.push(index);
    }
    let names: Vec<&str> = wanted
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    for field in given.fields() {
        if !names.contains(&field.name().as_str()) {
            faults.push(ColumnFault::Unknown {
                column: field.name().clone(),
                nearest: nearest(field.name(), names.iter().copied()).map(str::to_owned),
            });
        }
    }
    if faults.is_empty() {
        return Ok(sources);
    }
    Err(WarehouseError::Columns {
        table: table.id().clone(),
        faults,
    })
}

/// Whether values of `from` may be cast to `to`; if not, what to write instead, where that is
/// known.
fn check_cast(from: &DataType, to: &DataType) -> Result<(), Option<String>> {
    use DataType as T;
    if let T::Dictionary(_, values) = from {
        return check_cast(values, to);
    }
    let sql_type = match to {
        T::Int64 => "bigint".to_owned(),
        T::Utf8 => "varchar".to_owned(),
        T::Timestamp(..) => "timestamp".to_owned(),
        other => type_name(other).replace(", ", ","),
    };
    let cast_it = || Err(Some(format!("write `cast(… as {sql_type})`")));
    match (from, to) {
        (T::Null, _) => Ok(()),
        (from, to) if from == to => Ok(()),
        (T::Utf8 | T::LargeUtf8 | T::Utf8View, T::Utf8) => Ok(()),
        (T::Int8 | T::Int16 | T::Int32, T::Int64) => Ok(()),
        (
            T::Decimal32(..) | T::Decimal64(..) | T::Decimal128(..) | T::Decimal256(..),
            T::Decimal128(..),
        ) => Ok(()),
        (T::Int8 | T::Int16 | T::Int32 | T::Int64, T::Decimal128(..)) => Ok(()),
        (T::Date64, T::Date32) => Ok(()),
        (T::Timestamp(..), T::Timestamp(..)) => Ok(()),
        (T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64, T::Int64 | T::Decimal128(..)) => cast_it(),
        (T::Float32 | T::Float64, T::Decimal128(..)) => Err(Some(format!(
            "floats differ from run to run; keep decimals throughout, or round once: \
             `cast(… as {sql_type})`"
        ))),
        _ => Err(None),
    }
}

fn same_types(given: &Schema, wanted: &Schema) -> bool {
    let pairs = given.fields().iter().zip(wanted.fields());
    pairs
        .into_iter()
        .all(|(given, wanted)| given.data_type() == wanted.data_type())
}

/// The table's types without its demands: nulls are looked for when files are written.
fn cast_schema(wanted: &Schema) -> SchemaRef {
    let fields = wanted.fields().iter();
    let fields = fields.map(|field| field.as_ref().clone().with_nullable(true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn cast_batch(
    batch: &RecordBatch,
    sources: &[usize],
    schema: &SchemaRef,
) -> Result<RecordBatch, DataFusionError> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let columns = sources
        .iter()
        .zip(schema.fields())
        .map(|(&index, field)| cast_with_options(batch.column(index), field.data_type(), &options));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}
