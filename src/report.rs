//! The only printer: results to standard output as table, JSON or CSV; everything else to standard error.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal, Write};

use arrow::array::RecordBatch;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::cli::Format;
use crate::failure::{Failure, Outcome, Told};

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
            Format::Parquet => Err(Failure::usage(
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

/// Tells a remark on standard error. That nobody reads it is no reason to stop.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Tells a failure on standard error: each fault with its causes and its hint.
pub fn tell(failure: Failure) {
    let is_terminal = io::stderr().is_terminal();
    let many = failure.len();
    for told in failure.into_faults() {
        if is_terminal {
            note(&format!("{:?}", miette::Report::new(told)));
        } else {
            note(&plain(&told));
        }
    }
    if many > 1 {
        note(&format!("{many} faults"));
    }
}

/// A fault for logs: one line for it, one for each cause, one for the hint, none of them broken.
fn plain(told: &Told) -> String {
    let mut text = format!("error: {told}");
    let mut cause = std::error::Error::source(told);
    while let Some(error) = cause {
        let _ = write!(text, "\n  because: {error}");
        cause = error.source();
    }
    if let Some(hint) = told.hint() {
        let _ = write!(text, "\n  hint: {hint}");
    }
    text
}

/// Tells a defect of this program: what a panic says, and that it is not the reader's fault.
pub fn defect(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    // When a file cannot be finished on a full disk, deltalake aborts an upload that is over, catches the
    // panic by which object_store tells so, and answers the first error. It is told from there.
    let is_over = place.contains("object_store-") && place.contains("buffered.rs");
    let message = panic.payload_as_str().unwrap_or("no message");
    // A thread of the Delta kernel that waits for a task when the program ends.
    let is_end = message.ends_with("Executor has crashed: RecvError");
    if is_over || is_end {
        return;
    }
    note(&format!(
        "error: a defect of this program at {place}: {message}\n  hint: please report it with the \
         command and its input; nothing half-done is committed, so it can be run again"
    ));
    if std::env::var_os("RUST_BACKTRACE").is_some() {
        note(&std::backtrace::Backtrace::force_capture().to_string());
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
            writeln!(out, "{text}").map_err(unwritten)
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
        Format::Parquet => Err(Failure::usage(
            "Parquet goes to a file",
            "give --output FILE.parquet",
        )),
    }
}

fn write_out(bytes: &[u8]) -> Outcome {
    let mut out = Output;
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(unwritten)
}

/// Standard output. A reader that goes away (`jieyue runs | head`) has read enough: what follows is
/// left out, and the command ends as it would have.
pub struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// Output that cannot be written: a full disk behind `> file`.
pub fn unwritten(error: io::Error) -> Failure {
    Failure::outside(
        "cannot write the output",
        &error,
        "look whether the disk it goes to is full",
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
