//! Values and rows in messages.

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::ScalarValue;

/// `organization_id = a, month = 2026-03` for row `row` of the columns.
pub(crate) fn row(names: &[String], columns: &[ArrayRef], row: usize) -> String {
    let cells: Vec<String> = names
        .iter()
        .zip(columns)
        .map(|(name, column)| format!("{name} = {}", cell(column, row)))
        .collect();
    cells.join(", ")
}

/// `organization_id = a, month = 2026-03` for row `row_index` of `batch`.
pub(crate) fn batch_row(batch: &RecordBatch, row_index: usize) -> String {
    let names: Vec<String> = batch
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    row(&names, batch.columns(), row_index)
}

/// One value as people write it; `null` for none.
pub(crate) fn scalar(value: &ScalarValue) -> String {
    if value.is_null() {
        return "null".to_owned();
    }
    value.to_string()
}

fn cell(column: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::default().with_null("null");
    match ArrayFormatter::try_new(column.as_ref(), &options) {
        Ok(formatter) => formatter.value(row).to_string(),
        Err(_) => "?".to_owned(),
    }
}
