//! Decode: the bytes of one landed object to batches of text with their place.
//!
//! [`decode`] looks at the beginning of the bytes, settles kind, encoding, delimiter and header (what the
//! job says, else what is found, see [`Detected`]), and returns an iterator of [`DecodedBatch`]es. Every
//! column is text exactly as it is in the file; an empty field is NULL. Beside the file's columns stand
//! [`OBJECT_COLUMN`], [`SHEET_COLUMN`] and [`ROW_COLUMN`], so that every value can be found again.
//!
//! A row that cannot be read is a [`RefusedRow`]; the rows after it still come. A file that cannot be read
//! is a [`DecodeError`]. Memory is bounded by the batch and the longest row, not by the file, except for
//! the text table of a workbook.
//!
//! Where to begin: `csv` for delimited text, `spreadsheet` for workbooks, `json` and `parquet`.
//! Not here on purpose: trimming, numbers, dates, units. Those are the job's and `conform`'s.

mod csv;
mod encoding;
mod error;
mod footer;
mod header;
mod input;
mod json;
mod kind;
mod parquet;
mod rows;
mod spreadsheet;
mod worker;

use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use serde::Serialize;

use crate::format::{Format, Kind};

pub use error::DecodeError;

/// Column with the first 16 hex digits of the landed object's SHA-256; text.
pub const OBJECT_COLUMN: &str = "_object";
/// Column with the name of the sheet; text, NULL where there are no sheets.
pub const SHEET_COLUMN: &str = "_sheet";
/// Column with the row of the file, from 1, header and titles counted; 64-bit integer.
///
/// The line on which the record starts for delimited text, the sheet's row for workbooks, the line for
/// NDJSON, the position in the array for JSON, the row for Parquet.
pub const ROW_COLUMN: &str = "_row";

/// Longest row that is read when the job does not say otherwise.
pub const MAX_ROW: sources::ByteSize = sources::ByteSize::mib(16);

/// One object to decode.
#[derive(Debug)]
pub struct DecodeInput<'a> {
    /// Name shown in messages; its extension helps to guess the kind.
    pub name: &'a str,
    /// First 16 hex digits of the object's SHA-256, for [`OBJECT_COLUMN`].
    pub object_prefix: &'a str,
    /// The bytes, not compressed.
    pub bytes: DecodeBytes,
}

/// Where the bytes of an object are.
pub enum DecodeBytes {
    /// In a local file.
    Path(PathBuf),
    /// In a stream. Workbooks, Parquet and JSON need to look twice and are copied to a temporary file.
    Reader(Box<dyn std::io::Read + Send>),
}

impl std::fmt::Debug for DecodeBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DecodeBytes::Path(path) => f.debug_tuple("Path").field(path).finish(),
            DecodeBytes::Reader(_) => f.write_str("Reader(..)"),
        }
    }
}

/// A decoded object: what was found out about it, and its rows.
pub struct Decoded {
    /// What was settled by looking at the beginning.
    pub detected: Detected,
    /// The columns of every batch: the file's as `Utf8` in their order, then the three place columns.
    pub schema: SchemaRef,
    /// The rows. After an error the iterator ends.
    pub batches: Box<dyn Iterator<Item = Result<DecodedBatch, DecodeError>> + Send>,
}

impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded")
            .field("detected", &self.detected)
            .field("schema", &self.schema)
            .finish()
    }
}

/// Some rows of an object.
#[derive(Debug, Clone)]
pub struct DecodedBatch {
    /// The rows that could be read, in the order of the file.
    pub rows: RecordBatch,
    /// The rows among and before them that could not, in the order of the file.
    pub refused: Vec<RefusedRow>,
    /// Rows among them without any content, left out: what a spreadsheet exports below its table.
    pub blank_rows: u64,
    /// Rows among them with fewer fields than the header; what is missing is NULL.
    pub short_rows: u64,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// The row, as in [`ROW_COLUMN`].
    pub row: i64,
    /// The rule it breaks.
    pub rule: RefusalRule,
    /// What exactly is wrong, for people.
    pub detail: String,
    /// The row as it is in the file, bytes that are no text as U+FFFD; the beginning of one that is too long.
    pub raw: String,
}

/// The rule a refused row breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalRule {
    /// More fields than the header has, and not all of the extra ones empty; or fewer, when the job wants
    /// every row in full.
    UnevenRow,
    /// A NUL byte.
    NulByte,
    /// Bytes that are no text in the file's encoding.
    Undecodable,
    /// Longer than the bound.
    RowTooLong,
    /// A line that is not one JSON value.
    InvalidJson,
    /// A JSON value that is not an object.
    NotAnObject,
    /// One name twice in a JSON object.
    DuplicateKey,
    /// A formula whose value the workbook does not hold.
    FormulaNotComputed,
}

impl RefusalRule {
    /// The rule's name in reports and in `ops.quarantine`.
    pub fn as_str(self) -> &'static str {
        match self {
            RefusalRule::UnevenRow => "uneven_row",
            RefusalRule::NulByte => "nul_byte",
            RefusalRule::Undecodable => "undecodable",
            RefusalRule::RowTooLong => "row_too_long",
            RefusalRule::InvalidJson => "invalid_json",
            RefusalRule::NotAnObject => "not_an_object",
            RefusalRule::DuplicateKey => "duplicate_key",
            RefusalRule::FormulaNotComputed => "formula_not_computed",
        }
    }
}

impl std::fmt::Display for RefusalRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was settled by looking at the beginning of an object; part of the run report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detected {
    /// Kind of file.
    pub kind: Kind,
    /// Encoding of delimited text, by its name in the Encoding Standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// How the encoding is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding_by: Option<EncodingBy>,
    /// Field delimiter of delimited text: `,`, `;`, `|`, `tab`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Line ends of delimited text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_end: Option<LineEnd>,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Last row of the header, as in [`ROW_COLUMN`]; absent when the names come from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<i64>,
    /// Names of the columns, without the place columns.
    pub columns: Vec<String>,
    /// What a person should know, in a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How an encoding is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EncodingBy {
    /// The job says so.
    Declared,
    /// The byte order mark at the beginning says so.
    Mark,
    /// The beginning of the file is well formed in it, and it is not by chance.
    Checked,
    /// It is the most plausible of those that fit.
    Guessed,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// Carriage return alone.
    Cr,
}

/// Decodes one object into batches of at most `batch_rows` rows (fewer when the rows are long).
///
/// Blocks on reading; call it on a thread that may. Workbooks, JSON and the batches of all kinds may be
/// produced ahead on a thread of their own, which ends when the iterator is dropped.
///
/// # Errors
/// When the object as a whole cannot be read: it is empty, not of the declared kind or encoding, has no
/// header where the job says, is protected by a password. A header without rows is no error.
///
/// # Example
/// ```
/// use ingest::decode::{decode, DecodeBytes, DecodeInput};
/// use ingest::format::Format;
///
/// let input = DecodeInput {
///     name: "readings.csv",
///     object_prefix: "0123456789abcdef",
///     bytes: DecodeBytes::Reader(Box::new("meter;kwh\nM1;1,5\nM2;\n".as_bytes())),
/// };
/// let decoded = decode(input, &Format::default(), 8192)?;
/// assert_eq!(decoded.detected.delimiter.as_deref(), Some(";"));
/// let rows: usize = decoded.batches.map(|batch| Ok(batch?.rows.num_rows())).sum::<Result<_, ingest::decode::DecodeError>>()?;
/// assert_eq!(rows, 2);
/// # Ok::<(), ingest::decode::DecodeError>(())
/// ```
pub fn decode(
    input: DecodeInput<'_>,
    format: &Format,
    batch_rows: usize,
) -> Result<Decoded, DecodeError> {
    let batch_rows = batch_rows.max(1);
    let object = input::Object::open(input)?;
    let kind = kind::settle(&object, format)?;
    let mut decoded = match kind.kind {
        Kind::Csv | Kind::Tsv => csv::decode(object, kind.kind, format, batch_rows)?,
        Kind::Xlsx | Kind::Xls => spreadsheet::decode(object, kind.kind, format, batch_rows)?,
        Kind::Json | Kind::Ndjson => json::decode(object, kind.kind, format, batch_rows)?,
        Kind::Parquet => parquet::decode(object, batch_rows)?,
    };
    decoded.detected.notes.extend(kind.note);
    if format.footer_rows > 0 {
        decoded.batches = Box::new(footer::Footer::new(
            decoded.batches,
            format.footer_rows as usize,
        ));
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests;
