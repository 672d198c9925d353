//! The two halves of a measure in a plan: what goes into the aggregate, and the aggregate.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, min, sum};
use datafusion::logical_expr::{Expr, ident, lit, when};

use super::error::QueryError;
use super::{Aggregate, Measure};

impl Measure {
    /// The column, or nothing in rows that do not count.
    ///
    /// What does not count adds zero, not null: a region with rows but no vehicle fuel burns 0 of it.
    ///
    /// # Errors
    /// The mart lacks the column, or a filter does not fit its type.
    pub fn input(&self, schema: &Schema, mart: &str) -> Result<Expr, QueryError> {
        let column = ident(self.column.as_str());
        let mut condition: Option<Expr> = None;
        for filter in &self.only {
            let test = filter.expression(type_of(schema, mart, &filter.column)?)?;
            condition = Some(match condition {
                Some(all) => all.and(test),
                None => test,
            });
        }
        let Some(condition) = condition else {
            return Ok(column);
        };
        let counted = &mut when(condition, column);
        Ok(match self.aggregate {
            Aggregate::Sum => {
                let data_type = type_of(schema, mart, self.column.as_str())?;
                counted.otherwise(lit(ScalarValue::new_zero(data_type)?))?
            }
            _ => counted.end()?,
        })
    }

    /// The aggregate over what [`Measure::input`] gave.
    pub fn aggregate(&self, input: Expr) -> Expr {
        match self.aggregate {
            Aggregate::Sum => sum(input),
            Aggregate::Count => count(input),
            Aggregate::CountDistinct => count_distinct(input),
            Aggregate::Min => min(input),
            Aggregate::Max => max(input),
        }
    }
}

/// The type of a column of a mart.
pub(super) fn type_of<'a>(
    schema: &'a Schema,
    mart: &str,
    column: &str,
) -> Result<&'a DataType, QueryError> {
    match schema.column_with_name(column) {
        Some((_, field)) => Ok(field.data_type()),
        None => {
            let names = schema.fields().iter().map(|field| field.name().as_str());
            Err(QueryError::unknown_column(mart, column, names))
        }
    }
}
