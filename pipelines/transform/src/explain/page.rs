//! A page of a plan's rows, and what all of them come to, in one reading.
//!
//! The engine plans the way down to stored rows longer than it reads them, so rows are not asked for twice,
//! once for the page and once for the totals.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{
    SortColumn, SortOptions, concat_batches, lexsort_to_indices, sum_checked, take_record_batch,
};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, DecimalType as _, SchemaRef};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt as _;

/// A page of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows at the most.
    pub limit: usize,
    /// Rows to pass over.
    pub offset: usize,
}

/// Rows that are gathered before those beyond the page are let go.
const GATHERED_ROWS: usize = 1 << 16;

/// The columns rows are ordered by, the first counts most; `true`: the largest first. Nulls come last.
pub(super) type Order<'a> = [(&'a str, bool)];

/// A page, and what all rows come to.
pub(super) struct Paged {
    pub batch: RecordBatch,
    pub total_rows: u64,
    /// The sum of the column that was named, exactly.
    pub sum: Option<String>,
}

/// Reads the rows of `plan` once: the page of them in `order`, their count, and the sum of `summed`, a column
/// of decimals.
///
/// Memory: the page and the rows before it, twice, and [`GATHERED_ROWS`].
///
/// # Errors
/// The plan cannot be run; the sum is beyond 38 digits.
pub(super) async fn paged(
    session: &SessionContext,
    plan: LogicalPlan,
    order: &Order<'_>,
    page: Page,
    summed: Option<&str>,
) -> Result<Paged> {
    let frame = session.execute_logical_plan(plan).await?;
    let mut rows = frame.execute_stream().await?;
    let mut first = First {
        schema: rows.schema(),
        order,
        wanted: page.offset.saturating_add(page.limit),
        gathered: Vec::new(),
        gathered_rows: 0,
    };
    let mut total_rows = 0;
    let mut sum = summed.map(Sum::new);
    while let Some(batch) = rows.try_next().await? {
        total_rows += batch.num_rows() as u64;
        if let Some(sum) = &mut sum {
            sum.add(&batch)?;
        }
        first.add(batch)?;
    }
    let first = first.finish()?;
    let offset = page.offset.min(first.num_rows());
    let limit = page.limit.min(first.num_rows() - offset);
    Ok(Paged {
        batch: first.slice(offset, limit),
        total_rows,
        sum: sum.and_then(Sum::text),
    })
}

/// The first rows in an order.
struct First<'a> {
    schema: SchemaRef,
    order: &'a Order<'a>,
    wanted: usize,
    gathered: Vec<RecordBatch>,
    gathered_rows: usize,
}

impl First<'_> {
    fn add(&mut self, batch: RecordBatch) -> Result<()> {
        self.gathered_rows += batch.num_rows();
        self.gathered.push(batch);
        if self.gathered_rows >= self.wanted.saturating_mul(2).max(GATHERED_ROWS) {
            let first = self.first()?;
            self.gathered_rows = first.num_rows();
            self.gathered = vec![first];
        }
        Ok(())
    }

    fn finish(self) -> Result<RecordBatch> {
        self.first()
    }

    fn first(&self) -> Result<RecordBatch> {
        let all = concat_batches(&self.schema, &self.gathered)?;
        let columns = self.order.iter().map(|(name, descending)| {
            let values = column(&all, name)?;
            Ok(SortColumn {
                values: Arc::clone(values),
                options: Some(SortOptions {
                    descending: *descending,
                    nulls_first: false,
                }),
            })
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let indices: UInt32Array = lexsort_to_indices(&columns, Some(self.wanted))?;
        Ok(take_record_batch(&all, &indices)?)
    }
}

/// The sum of a column of decimals.
struct Sum<'a> {
    column: &'a str,
    total: Option<i128>,
    scale: i8,
}

impl<'a> Sum<'a> {
    fn new(column: &'a str) -> Self {
        Self {
            column,
            total: None,
            scale: 0,
        }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let values = column(batch, self.column)?;
        let (Some(decimals), DataType::Decimal128(_, scale)) = (
            values.as_primitive_opt::<Decimal128Type>(),
            values.data_type(),
        ) else {
            let message = format!("`{}` is no decimal", self.column);
            return Err(DataFusionError::Internal(message));
        };
        self.scale = *scale;
        if let Some(part) = sum_checked(decimals)? {
            let total = self.total.unwrap_or(0).checked_add(part);
            let beyond = || DataFusionError::Execution("a sum is beyond 38 digits".to_owned());
            self.total = Some(total.ok_or_else(beyond)?);
        }
        Ok(())
    }

    fn text(self) -> Option<String> {
        let total = self.total?;
        Some(Decimal128Type::format_decimal(
            total,
            Decimal128Type::MAX_PRECISION,
            self.scale,
        ))
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    let missing = || DataFusionError::Internal(format!("`{name}` is not among the columns"));
    batch.column_by_name(name).ok_or_else(missing)
}
