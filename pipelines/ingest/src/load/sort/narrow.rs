//! Rows without what all of them share.
//!
//! The rows of one month have its text in common, those of one file their origin; a column that a source
//! does not have is nothing in every row. Such a column is kept once, so that it is not written to the disk,
//! read again and put in order with every row. A meter reading is then about 50 bytes and not 110.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array,
};
use arrow::compute::{concat, take};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;

/// A column of some rows.
#[derive(Clone)]
pub(super) enum Column {
    /// One value, that of every row.
    Same(ArrayRef),
    /// A value for each row.
    Each(ArrayRef),
}

/// Rows, the columns of which that are the same throughout are kept once.
#[derive(Clone)]
pub(super) struct Narrow {
    pub columns: Vec<Column>,
    pub rows: usize,
}

/// A column of several parts that follow each other.
pub(super) enum Parts {
    Same(ArrayRef),
    Each(Vec<ArrayRef>),
}

impl Narrow {
    /// The rows of a batch that has some.
    pub(super) fn of(batch: &RecordBatch) -> Narrow {
        let columns = batch.columns().iter().map(|column| match is_same(column) {
            true => Column::Same(column.slice(0, 1)),
            false => Column::Each(Arc::clone(column)),
        });
        Narrow {
            columns: columns.collect(),
            rows: batch.num_rows(),
        }
    }

    /// What it takes in memory, beside what is kept once.
    pub(super) fn bytes(&self) -> Result<usize, ArrowError> {
        let each = self.columns.iter().filter_map(|column| match column {
            Column::Same(_) => None,
            Column::Each(values) => Some(values.to_data().get_slice_memory_size()),
        });
        each.sum()
    }

    /// The rows with all their columns.
    pub(super) fn widen(&self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.iter().map(|column| match column {
            Column::Same(value) => repeat(value, self.rows),
            Column::Each(values) => Ok(Arc::clone(values)),
        });
        RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?)
    }

    /// The columns that differ from row to row, as a batch of their own schema.
    pub(super) fn each(&self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.iter().filter_map(|column| match column {
            Column::Same(_) => None,
            Column::Each(values) => Some(Arc::clone(values)),
        });
        let rows = RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect(), &rows)
    }

    /// The rows of a batch made by [`Narrow::each`] of rows like these.
    pub(super) fn like(&self, each: &RecordBatch) -> Narrow {
        let mut values = each.columns().iter();
        let columns = self.columns.iter().map(|column| match column {
            Column::Same(value) => Column::Same(Arc::clone(value)),
            Column::Each(_) => {
                let values = values.next();
                Column::Each(Arc::clone(
                    values.expect("a batch has the columns it was written with"),
                ))
            }
        });
        Narrow {
            columns: columns.collect(),
            rows: each.num_rows(),
        }
    }

    /// The schema of [`Narrow::each`].
    pub(super) fn schema_of_each(&self, schema: &SchemaRef) -> SchemaRef {
        let fields = schema.fields().iter().zip(&self.columns);
        let each = fields.filter_map(|(field, column)| match column {
            Column::Same(_) => None,
            Column::Each(_) => Some(Arc::clone(field)),
        });
        Arc::new(Schema::new(each.collect::<Vec<_>>()))
    }
}

/// The columns of parts that follow each other: the same throughout only if they are the same in all.
pub(super) fn columns_of(parts: &[Narrow]) -> Result<Vec<Parts>, ArrowError> {
    let Some(first) = parts.first() else {
        return Ok(Vec::new());
    };
    let column = |index: usize| {
        let mut of_parts = parts.iter().map(|part| &part.columns[index]);
        if let Column::Same(value) = &first.columns[index]
            && of_parts.all(|column| matches!(column, Column::Same(other) if other == value))
        {
            return Ok(Parts::Same(Arc::clone(value)));
        }
        let each = parts.iter().map(|part| match &part.columns[index] {
            Column::Same(value) => repeat(value, part.rows),
            Column::Each(values) => Ok(Arc::clone(values)),
        });
        each.collect::<Result<_, _>>().map(Parts::Each)
    };
    (0..first.columns.len()).map(column).collect()
}

/// The same parts with the same columns kept once in all of them.
pub(super) fn alike(parts: &[Narrow]) -> Result<Vec<Narrow>, ArrowError> {
    let columns = columns_of(parts)?;
    let part = |(index, part): (usize, &Narrow)| Narrow {
        columns: columns
            .iter()
            .map(|column| match column {
                Parts::Same(value) => Column::Same(Arc::clone(value)),
                Parts::Each(values) => Column::Each(Arc::clone(&values[index])),
            })
            .collect(),
        rows: part.rows,
    };
    Ok(parts.iter().enumerate().map(part).collect())
}

impl Parts {
    /// The parts in one piece, and at least `rows` of what is the same in all.
    pub(super) fn in_one_piece(self, rows: usize) -> Result<Column, ArrowError> {
        match self {
            Parts::Same(value) => repeat(&value, rows).map(Column::Same),
            Parts::Each(mut values) if values.len() == 1 => Ok(Column::Each(values.remove(0))),
            Parts::Each(values) => {
                let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
                concat(&values).map(Column::Each)
            }
        }
    }
}

/// `rows` times the one value of `value`.
fn repeat(value: &ArrayRef, rows: usize) -> Result<ArrayRef, ArrowError> {
    match value.is_null(0) {
        true => Ok(new_null_array(value.data_type(), rows)),
        false => take(value, &UInt32Array::from_value(0, rows), None),
    }
}

/// Whether a column that has rows is the same in all of them. Columns of types that contracts do not have
/// are taken to differ.
pub(super) fn is_same(column: &ArrayRef) -> bool {
    match column.null_count() {
        0 => {}
        nothing => return nothing == column.len(),
    }
    let data = column.to_data();
    match column.data_type() {
        DataType::Boolean => {
            let set = column.as_boolean().true_count();
            set == 0 || set == column.len()
        }
        DataType::Utf8 => {
            let text = column.as_string::<i32>();
            let offsets = text.value_offsets();
            let length = offsets[1] - offsets[0];
            let values = &text.value_data()[offsets[0] as usize..offsets[text.len()] as usize];
            offsets.windows(2).all(|pair| pair[1] - pair[0] == length)
                && is_repeated(values, length as usize)
        }
        other => match other.primitive_width() {
            None => false,
            Some(width) => {
                let values = &data.buffers()[0].as_slice()[data.offset() * width..];
                is_repeated(&values[..data.len() * width], width)
            }
        },
    }
}

/// Whether bytes are their first `width` over and over: moved by so many they are what they were.
fn is_repeated(bytes: &[u8], width: usize) -> bool {
    match bytes.len().checked_sub(width) {
        None => true,
        Some(rest) => bytes[width..] == bytes[..rest],
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        BooleanArray, Decimal128Array, Int64Array, StringArray, TimestampMicrosecondArray,
    };
    use arrow::datatypes::Field;

    use super::*;

    fn check(column: impl Array + 'static, expected: bool) {
        let column: ArrayRef = Arc::new(column);
        assert_eq!(is_same(&column), expected, "{column:?}");
        assert!(
            is_same(&column.slice(1, 1)),
            "one row is the same as itself"
        );
    }

    #[test]
    fn columns_are_told_apart_by_value() {
        check(StringArray::from(vec!["a", "a", "a"]), true);
        check(StringArray::from(vec!["", "", ""]), true);
        check(StringArray::from(vec!["a", "a", "b"]), false);
        // The same bytes, cut otherwise.
        check(StringArray::from(vec!["aa", "a", "aaa"]), false);
        check(StringArray::from(vec![None::<&str>, None]), true);
        check(StringArray::from(vec![None, Some("a")]), false);
        check(BooleanArray::from(vec![true, true]), true);
        check(BooleanArray::from(vec![true, false]), false);
        check(Int64Array::from(vec![7, 7, 7]), true);
        check(Int64Array::from(vec![7, 7, 8]), false);
        check(Int64Array::from(vec![Some(0), None]), false);
        check(Decimal128Array::from(vec![1 << 100, 1 << 100]), true);
        check(Decimal128Array::from(vec![1 << 100, 0]), false);
        check(TimestampMicrosecondArray::from(vec![3, 3]), true);
    }

    #[test]
    fn a_slice_is_the_same_though_the_whole_is_not() {
        let column: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 2, 3]));
        assert!(is_same(&column.slice(1, 2)));
        let column: ArrayRef = Arc::new(StringArray::from(vec!["x", "yy", "yy", "z"]));
        assert!(is_same(&column.slice(1, 2)) && !is_same(&column.slice(2, 2)));
    }

    #[test]
    fn what_is_kept_once_comes_back_in_every_row() -> Result<(), ArrowError> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("month", DataType::Utf8, true),
            Field::new("value", DataType::Int64, true),
            Field::new("note", DataType::Utf8, true),
        ]));
        let batch = |month: &str, values: &[i64], note: Option<&str>| {
            let count = values.len();
            let columns: Vec<ArrayRef> = vec![
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                    month, count,
                ))),
                Arc::new(Int64Array::from(values.to_vec())),
                Arc::new(StringArray::from_iter(std::iter::repeat_n(note, count))),
            ];
            RecordBatch::try_new(Arc::clone(&schema), columns)
        };
        let batches = [
            batch("2024-01", &[1, 2], None)?,
            batch("2024-01", &[3, 3], Some("late"))?,
        ];
        let parts: Vec<Narrow> = batches.iter().map(Narrow::of).collect();
        assert!(matches!(parts[1].columns[1], Column::Same(_)));
        let parts = alike(&parts)?;
        assert!(matches!(parts[1].columns[0], Column::Same(_)));
        for (part, batch) in parts.iter().zip(&batches) {
            assert!(matches!(part.columns[1], Column::Each(_)));
            assert_eq!(part.widen(&schema)?, *batch);
            let each = part.each(&part.schema_of_each(&schema))?;
            assert_eq!(each.num_columns(), 2);
            assert_eq!(part.like(&each).widen(&schema)?, *batch);
        }
        Ok(())
    }
}
