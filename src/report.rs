//! The only printer: results to standard output as table, JSON or CSV; everything else to standard error.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::cli::Format;
use crate::failure::{Failure, Outcome};

/// A listing: named columns, rows of text, and the same as JSON.
pub struct Listing {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    json: Value,
}

impl Listing {
    /// A listing of `items`, one row each.
    ///
    /// # Errors
    /// An item that has no JSON form, which is a defect.
    pub fn of<T: Serialize>(
        columns: &[&'static str],
        items: &[T],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Outcome<Self> {
        let json = serde_json::to_value(items).map_err(no_json)?;
        Ok(Listing {
            columns: columns.to_vec(),
            rows: items.iter().map(row).collect(),
            json,
        })
    }

    /// Writes it to standard output.
    ///
    /// # Errors
    /// Standard output is closed, or the format is not one of a listing.
    pub fn print(&self, format: Format) -> Outcome {
        match format {
            Format::Table => line(&self.table()),
            Format::Json => print_json(&self.json),
            Format::Csv => {
                let mut text = csv_line(self.columns.iter().copied());
                for row in &self.rows {
                    text.push_str(&csv_line(row.iter().map(String::as_str)));
                }
                write_out(text.as_bytes())
            }
            Format::Parquet => Err(Failure::user(
                "a listing is not written as Parquet",
                "use --format json or csv; `jieyue query` writes Parquet",
            )),
        }
    }

    fn table(&self) -> String {
        let mut table = plain_table();
        table.set_header(&self.columns);
        table.add_rows(&self.rows);
        table.to_string()
    }
}

/// A table without lines between rows, as wide as the terminal.
pub fn plain_table() -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// Writes one line to standard output.
///
/// # Errors
/// Standard output is closed.
pub fn line(text: &str) -> Outcome {
    write_out(format!("{text}\n").as_bytes())
}

/// Tells a remark on standard error.
pub fn note(text: &str) {
    eprintln!("{text}");
}

/// Tells a failure on standard error: each fault with its causes and its hint.
pub fn tell(failure: Failure) {
    let many = failure.len();
    for told in failure.into_faults() {
        eprintln!("{:?}", miette::Report::new(told));
    }
    if many > 1 {
        eprintln!("{many} faults");
    }
}

/// Writes a value as JSON to standard output.
///
/// # Errors
/// Standard output is closed; a value without JSON form, which is a defect.
pub fn print_json(value: &impl Serialize) -> Outcome {
    let text = serde_json::to_string_pretty(value).map_err(no_json)?;
    line(&text)
}

/// Writes batches in a format; `out` is a file or standard output.
///
/// # Errors
/// The place cannot be written.
pub fn write_batches(batches: &[RecordBatch], format: Format, out: &mut dyn Write) -> Outcome {
    let failed =
        |error: arrow::error::ArrowError| Failure::of(error, None, contracts::Fault::External);
    match format {
        Format::Table => {
            let options = arrow::util::display::FormatOptions::default().with_null("—");
            let text = arrow::util::pretty::pretty_format_batches_with_options(batches, &options)
                .map_err(failed)?;
            writeln!(out, "{text}").map_err(closed)
        }
        Format::Json => {
            let mut writer = arrow::json::ArrayWriter::new(out);
            writer
                .write_batches(&batches.iter().collect::<Vec<_>>())
                .map_err(failed)?;
            writer.finish().map_err(failed)
        }
        Format::Csv => {
            let mut writer = arrow::csv::Writer::new(out);
            batches
                .iter()
                .try_for_each(|batch| writer.write(batch))
                .map_err(failed)
        }
        Format::Parquet => Err(Failure::user(
            "Parquet goes to a file",
            "give --output FILE.parquet",
        )),
    }
}

fn write_out(bytes: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(closed)
}

/// A reader that went away (`jieyue runs | head`) is the caller's business.
pub fn closed(error: io::Error) -> Failure {
    Failure::of(
        error,
        Some("the reader of this output went away, or its disk is full".to_owned()),
        contracts::Fault::External,
    )
}

fn no_json(error: serde_json::Error) -> Failure {
    Failure::of(error, None, contracts::Fault::Internal)
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = cells
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        })
        .collect();
    format!("{}\n", quoted.join(","))
}
