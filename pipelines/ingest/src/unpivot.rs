//! Columns to rows: a file with a column for each month becomes a row for each month.
//!
//! A batch with `n` rows and `k` matching columns gives `k` batches of `n` rows that share the arrays
//! of the batch they came from: nothing is copied, whatever the width of the file.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use globset::{GlobSet, GlobSetBuilder};

/// Which columns become rows, and what the two new columns are called.
#[derive(Debug, Clone)]
pub(crate) struct Unpivot {
    /// The globs as written, for messages.
    pub globs: Vec<String>,
    /// The new column with the name of the column a value came from.
    pub name: String,
    /// The new column with the value.
    pub value: String,
    matcher: GlobSet,
}

/// An [`Unpivot`] applied to the columns of one file.
#[derive(Debug)]
pub(crate) struct UnpivotPlan {
    /// The columns after it: those kept, then `name` and `value`.
    pub schema: SchemaRef,
    kept: Vec<usize>,
    turned: Vec<(Arc<str>, usize)>,
}

impl Unpivot {
    /// Compiles the globs.
    ///
    /// # Errors
    /// The index of the first glob that is not one, and why.
    pub(crate) fn new(
        globs: Vec<String>,
        name: String,
        value: String,
    ) -> Result<Unpivot, (usize, globset::Error)> {
        let mut builder = GlobSetBuilder::new();
        for (index, glob) in globs.iter().enumerate() {
            builder.add(
                globset::GlobBuilder::new(glob)
                    .build()
                    .map_err(|fault| (index, fault))?,
            );
        }
        let matcher = builder.build().map_err(|fault| (0, fault))?;
        Ok(Unpivot {
            globs,
            name,
            value,
            matcher,
        })
    }

    /// Finds the matching columns among those of a file; `None` when there is not one.
    pub(crate) fn plan(&self, decoded: &SchemaRef) -> Option<UnpivotPlan> {
        let mut kept = Vec::new();
        let mut turned = Vec::new();
        let mut fields = Vec::new();
        for (index, field) in decoded.fields().iter().enumerate() {
            // Place columns are ours, whatever a glob says.
            if !field.name().starts_with('_') && self.matcher.is_match(field.name()) {
                turned.push((Arc::from(field.name().as_str()), index));
            } else {
                kept.push(index);
                fields.push(Arc::clone(field));
            }
        }
        if turned.is_empty() {
            return None;
        }
        fields.push(Arc::new(Field::new(&self.name, DataType::Utf8, false)));
        fields.push(Arc::new(Field::new(&self.value, DataType::Utf8, true)));
        Some(UnpivotPlan {
            schema: Arc::new(Schema::new(fields)),
            kept,
            turned,
        })
    }
}

impl UnpivotPlan {
    /// One batch for each column that becomes rows, with that column's name, in the file's order.
    pub(crate) fn apply<'a>(
        &'a self,
        batch: &'a RecordBatch,
    ) -> impl Iterator<Item = Result<(Arc<str>, RecordBatch), ArrowError>> + 'a {
        self.turned.iter().map(move |(name, index)| {
            let mut columns: Vec<ArrayRef> = self
                .kept
                .iter()
                .map(|kept| Arc::clone(batch.column(*kept)))
                .collect();
            let repeated =
                StringArray::from_iter_values(std::iter::repeat_n(name, batch.num_rows()));
            columns.push(Arc::new(repeated));
            columns.push(Arc::clone(batch.column(*index)));
            Ok((
                Arc::clone(name),
                RecordBatch::try_new(Arc::clone(&self.schema), columns)?,
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use arrow::util::pretty::pretty_format_batches;

    use super::*;

    fn columns(pairs: &[(&str, &[&str])]) -> RecordBatch {
        RecordBatch::try_from_iter(pairs.iter().map(|(name, values)| {
            (
                *name,
                Arc::new(StringArray::from(values.to_vec())) as ArrayRef,
            )
        }))
        .expect("a batch")
    }

    #[test]
    fn each_matching_column_becomes_rows_that_name_it() {
        let unpivot =
            Unpivot::new(vec!["*月".into()], "month".into(), "kwh".into()).expect("globs");
        let batch = columns(&[
            ("单位", &["甲", "乙"]),
            ("1月", &["10", "11"]),
            ("2月", &["20", ""]),
            ("_row", &["2", "3"]),
        ]);
        let plan = unpivot.plan(&batch.schema()).expect("matching columns");
        let turned: Vec<RecordBatch> = plan
            .apply(&batch)
            .map(|turned| turned.expect("a batch").1)
            .collect();
        insta::assert_snapshot!(pretty_format_batches(&turned).expect("a table"), @r"
            +------+------+-------+-----+
            | 单位 | _row | month | kwh |
            +------+------+-------+-----+
            | 甲   | 2    | 1月   | 10  |
            | 乙   | 3    | 1月   | 11  |
            | 甲   | 2    | 2月   | 20  |
            | 乙   | 3    | 2月   |     |
            +------+------+-------+-----+
            ");
    }

    #[test]
    fn a_file_without_a_matching_column_has_no_plan() {
        let unpivot =
            Unpivot::new(vec!["month_*".into()], "month".into(), "kwh".into()).expect("globs");
        assert!(
            unpivot
                .plan(&columns(&[("a", &[]), ("_row", &[])]).schema())
                .is_none()
        );
    }
}
