//! Tests of decoding as a whole; `real` reads files nobody here wrote.

mod csv;
mod encoding;
mod errors;
mod json;
mod parquet;
mod real;
mod round_trip;
mod workbook;

use std::io::Cursor;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;

use super::{DecodeBytes, DecodeError, DecodeInput, Decoded, Detected, RefusedRow, decode};
use crate::format::Format;

/// A decoded object, all of it.
#[derive(Debug)]
struct Table {
    detected: Detected,
    rows: Vec<Vec<Option<String>>>,
    numbers: Vec<i64>,
    sheets: Vec<Option<String>>,
    refused: Vec<RefusedRow>,
    blank_rows: u64,
    short_rows: u64,
}

impl Table {
    /// Reads the batches of a decoded object to the end.
    fn collect(decoded: Decoded) -> Result<Table, DecodeError> {
        let width = decoded.detected.columns.len();
        let mut table = Table {
            detected: decoded.detected,
            rows: Vec::new(),
            numbers: Vec::new(),
            sheets: Vec::new(),
            refused: Vec::new(),
            blank_rows: 0,
            short_rows: 0,
        };
        for batch in decoded.batches {
            let batch = batch?;
            assert_eq!(batch.rows.schema(), decoded.schema);
            assert_eq!(batch.rows.num_columns(), width + 3);
            for row in 0..batch.rows.num_rows() {
                let text = |column: usize| {
                    let column = batch.rows.column(column).as_string::<i32>();
                    column.is_valid(row).then(|| column.value(row).to_owned())
                };
                table.rows.push((0..width).map(text).collect());
                assert_eq!(text(width).as_deref(), Some(PREFIX));
                table.sheets.push(text(width + 1));
                table.numbers.push(
                    batch
                        .rows
                        .column(width + 2)
                        .as_primitive::<Int64Type>()
                        .value(row),
                );
            }
            table.refused.extend(batch.refused);
            table.blank_rows += batch.blank_rows;
            table.short_rows += batch.short_rows;
        }
        Ok(table)
    }

    /// The rows with `-` for NULL, fields joined by `|`: short to compare.
    fn shown(&self) -> Vec<String> {
        let field = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
        self.rows
            .iter()
            .map(|row| row.iter().map(field).collect::<Vec<_>>().join("|"))
            .collect()
    }

    /// The values of a column that are not NULL.
    fn column(&self, name: &str) -> Vec<&str> {
        let at = self
            .detected
            .columns
            .iter()
            .position(|column| column == name)
            .expect("a column of the table");
        self.rows
            .iter()
            .filter_map(|row| row[at].as_deref())
            .collect()
    }

    /// The refused rows as `row rule: detail`.
    fn refusals(&self) -> Vec<String> {
        self.refused
            .iter()
            .map(|row| format!("{} {}: {}", row.row, row.rule, row.detail))
            .collect()
    }
}

const PREFIX: &str = "0123456789abcdef";

/// The job's `format` written as YAML.
fn format(yaml: &str) -> Format {
    if yaml.is_empty() {
        return Format::default();
    }
    let format: Format = serde_saphyr::from_str(yaml).expect("a format");
    assert_eq!(format.faults(), []);
    format
}

/// Decodes bytes under a name, seven rows a batch so that batches end in odd places.
fn try_read(name: &str, bytes: impl Into<Vec<u8>>, yaml: &str) -> Result<Table, DecodeError> {
    let bytes = DecodeBytes::Reader(Box::new(Cursor::new(bytes.into())));
    let input = DecodeInput {
        name,
        object_prefix: PREFIX,
        bytes,
    };
    Table::collect(decode(input, &format(yaml), 7)?)
}

fn read(name: &str, bytes: impl Into<Vec<u8>>, yaml: &str) -> Table {
    try_read(name, bytes, yaml).expect("a table")
}
