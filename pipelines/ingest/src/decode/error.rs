//! Why an object could not be decoded.

mod hint;

use std::io;

use contracts::{Fault, Retry};
use sources::{ByteSize, SourceError};

use crate::format::{JsonPath, Kind, SheetSelector};

/// Why an object could not be decoded as a whole.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes could not be read where they are.
    #[error("cannot read `{file}` at byte {byte}")]
    Read {
        /// The object.
        file: String,
        /// Bytes read before.
        byte: u64,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The bytes come from a source that failed.
    #[error("cannot read `{file}` at byte {byte}")]
    Source {
        /// The object.
        file: String,
        /// Bytes read before.
        byte: u64,
        /// What the source says.
        #[source]
        source: Box<SourceError>,
    },
    /// A temporary copy could not be written.
    #[error("cannot keep a temporary copy of `{file}`")]
    Spool {
        /// The object.
        file: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// No bytes, or nothing but blank.
    #[error("`{file}` is empty")]
    Empty {
        /// The object.
        file: String,
        /// Bytes it has.
        bytes: u64,
    },
    /// The kind cannot be told.
    #[error("cannot tell what kind of file `{file}` is")]
    UnknownKind {
        /// The object.
        file: String,
        /// Its extension; may be empty.
        extension: String,
        /// The kind whose word looks most like the extension.
        nearest: Option<String>,
    },
    /// The bytes are of another kind than the job says.
    #[error("`{file}` is not {declared}: {found}")]
    OtherKind {
        /// The object.
        file: String,
        /// The kind the job says, or the extension.
        declared: Kind,
        /// What was found.
        found: String,
    },
    /// The bytes are no text in the encoding they are said to be in.
    #[error("`{file}` is not {declared}: line {line}, byte {byte}: found {found}")]
    WrongEncoding {
        /// The object.
        file: String,
        /// The encoding the job says, or the one that was settled.
        declared: String,
        /// Line of the first bytes that contradict it.
        line: u64,
        /// Their offset, from 0.
        byte: u64,
        /// What is there.
        found: String,
        /// The encoding it looks like.
        looks_like: Option<String>,
    },
    /// A row that the job says is there is not.
    #[error("`{file}`{} has {rows} rows, the header is said to be in row {wanted}", in_sheet(.sheet))]
    NoHeader {
        /// The object.
        file: String,
        /// The sheet, in workbooks.
        sheet: Option<String>,
        /// Row of the header.
        wanted: u64,
        /// Rows there are.
        rows: u64,
    },
    /// The header row holds no name.
    #[error("row {row} of `{file}`{} holds no column name", in_sheet(.sheet))]
    BlankHeader {
        /// The object.
        file: String,
        /// The sheet, in workbooks.
        sheet: Option<String>,
        /// Row of the header.
        row: u64,
    },
    /// The header row cannot be read.
    #[error("the header in row {row} of `{file}`{} cannot be read: {detail}", in_sheet(.sheet))]
    BadHeader {
        /// The object.
        file: String,
        /// The sheet, in workbooks.
        sheet: Option<String>,
        /// Row of the header.
        row: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// More columns than any table has.
    #[error("row {row} of `{file}` holds {columns} column names, more than {bound}")]
    TooManyColumns {
        /// The object.
        file: String,
        /// Row of the header.
        row: u64,
        /// Columns found.
        columns: usize,
        /// Columns that are read at most.
        bound: usize,
    },
    /// The row named by `after` or `until` is not there.
    #[error("`{file}`{} has no row `{marker}`, which `{key}` names; it has {rows} rows", in_sheet(.sheet))]
    NoMarker {
        /// The object.
        file: String,
        /// The sheet, in workbooks.
        sheet: Option<String>,
        /// `after` or `until`.
        key: &'static str,
        /// The text of the row.
        marker: String,
        /// Rows read.
        rows: u64,
    },
    /// A quoted field has no end.
    #[error("`{file}`: the quote opened on line {line} in field {field} is never closed")]
    UnclosedQuote {
        /// The object.
        file: String,
        /// Line of the opening quote.
        line: u64,
        /// Field of the record, from 1.
        field: usize,
    },
    /// A quoted field goes over several lines and is followed by more text: its quote is a stray one.
    #[error(
        "`{file}`: the quote opened on line {line} in field {field} is closed on line {closed_line}, followed by `{text}`"
    )]
    StrayQuote {
        /// The object.
        file: String,
        /// Line of the opening quote.
        line: u64,
        /// Field of the record, from 1.
        field: usize,
        /// Line of the closing quote.
        closed_line: u64,
        /// What follows it.
        text: String,
    },
    /// A workbook behind a password.
    #[error("workbook `{file}` is protected by a password")]
    Password {
        /// The object.
        file: String,
    },
    /// A workbook without the wanted sheet.
    #[error("workbook `{file}` has no sheet `{wanted}`")]
    NoSheet {
        /// The object.
        file: String,
        /// The sheet the job names.
        wanted: SheetSelector,
        /// Its sheets; hidden ones in brackets.
        sheets: Vec<String>,
        /// The name that looks most like it.
        nearest: Option<String>,
    },
    /// A workbook without any visible worksheet.
    #[error("workbook `{file}` has no visible worksheet")]
    NoVisibleSheet {
        /// The object.
        file: String,
        /// Its hidden sheets.
        hidden: Vec<String>,
    },
    /// A workbook whose text table would not fit in memory.
    #[error("workbook `{file}` holds {bytes} bytes of text in its table, more than {bound}")]
    WorkbookTooBig {
        /// The object.
        file: String,
        /// Bytes of the table, as the workbook declares them.
        bytes: u64,
        /// The bound.
        bound: ByteSize,
    },
    /// A workbook that cannot be read.
    #[error("cannot read workbook `{file}`{}{}", in_sheet(.sheet), after_row(.row))]
    Workbook {
        /// The object.
        file: String,
        /// The sheet, when it is one sheet.
        sheet: Option<String>,
        /// The last row that could be read.
        row: Option<u64>,
        /// What the reader says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Text that is not JSON.
    #[error("`{file}` is not JSON: line {line}, column {column}")]
    Json {
        /// The object.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// A JSON document without the wanted value.
    #[error("`{file}` has no `{path}`: {found}")]
    NoJsonPath {
        /// The object.
        file: String,
        /// The path the job says.
        path: JsonPath,
        /// What is there.
        found: String,
    },
    /// A JSON value that holds no records.
    #[error("`{file}`: {place} is {found}, not an array of records")]
    NotAnArray {
        /// The object.
        file: String,
        /// The place in the document.
        place: String,
        /// What is there.
        found: String,
        /// Members that are arrays, when it is an object.
        arrays: Vec<String>,
    },
    /// A JSON array where the members of an object are wanted.
    #[error("`{file}`: {place} is an array; `entries: true` reads the members of an object")]
    NotAnObject {
        /// The object.
        file: String,
        /// The place in the document.
        place: String,
    },
    /// A JSON element or record beyond the bound, so long that what follows cannot be found.
    #[error("`{file}`: element {row} is longer than {bound}")]
    ElementTooLong {
        /// The object.
        file: String,
        /// The element, from 1.
        row: u64,
        /// The bound.
        bound: ByteSize,
    },
    /// A Parquet file that cannot be read.
    #[error("cannot read Parquet file `{file}`")]
    Parquet {
        /// The object.
        file: String,
        /// What the reader says.
        #[source]
        source: ::parquet::errors::ParquetError,
    },
    /// A column that has no text form.
    #[error("column `{column}` of `{file}` is {found}, which has no text form")]
    NoTextForm {
        /// The object.
        file: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// Rows that do not fit together; a mistake in this program.
    #[error("cannot build a batch of `{file}`")]
    Batch {
        /// The object.
        file: String,
        /// What Arrow says.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// The thread that decodes ended without a word.
    #[error("decoding `{file}` stopped without a result")]
    Stopped {
        /// The object.
        file: String,
    },
}

fn in_sheet(sheet: &Option<String>) -> String {
    sheet
        .as_ref()
        .map_or_else(String::new, |sheet| format!(", sheet `{sheet}`,"))
}

fn after_row(row: &Option<u64>) -> String {
    row.map_or_else(String::new, |row| format!(" after row {row}"))
}

impl DecodeError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            DecodeError::Source { source, .. } => source.fault(),
            DecodeError::Read { .. }
            | DecodeError::Spool { .. }
            | DecodeError::Empty { .. }
            | DecodeError::BadHeader { .. }
            | DecodeError::UnclosedQuote { .. }
            | DecodeError::StrayQuote { .. }
            | DecodeError::Password { .. }
            | DecodeError::NoVisibleSheet { .. }
            | DecodeError::WorkbookTooBig { .. }
            | DecodeError::Workbook { .. }
            | DecodeError::Json { .. }
            | DecodeError::ElementTooLong { .. }
            | DecodeError::Parquet { .. }
            | DecodeError::NoTextForm { .. } => Fault::External,
            DecodeError::UnknownKind { .. }
            | DecodeError::OtherKind { .. }
            | DecodeError::WrongEncoding { .. }
            | DecodeError::NoHeader { .. }
            | DecodeError::BlankHeader { .. }
            | DecodeError::TooManyColumns { .. }
            | DecodeError::NoMarker { .. }
            | DecodeError::NoSheet { .. }
            | DecodeError::NoJsonPath { .. }
            | DecodeError::NotAnArray { .. }
            | DecodeError::NotAnObject { .. } => Fault::User,
            DecodeError::Batch { .. } | DecodeError::Stopped { .. } => Fault::Internal,
        }
    }

    /// Whether the same run may succeed when it is tried again.
    pub fn retry(&self) -> Retry {
        match self {
            DecodeError::Source { source, .. } => source.retry(),
            DecodeError::Read { .. } | DecodeError::Spool { .. } => Retry::Later,
            _ => Retry::Never,
        }
    }
}
