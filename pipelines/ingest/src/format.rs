//! The `format:` key of a job: how the bytes of a source file become rows of text.
//!
//! Every key is optional; what is not said is detected by [`crate::decode`] and reported in the run.
//! Begin with [`Format`]. Values are checked while they are parsed (a delimiter is one ASCII character,
//! an encoding label is known), and [`Format::faults`] finds keys that do not fit each other.
//! Not here on purpose: what the columns mean (the job's `select`) and how texts become numbers and
//! dates (the job's `parse`).

mod values;

pub use values::{Delimiter, EncodingLabel, JsonPath, Quote, SheetSelector};

use schemars::JsonSchema;
use serde::Deserialize;
use sources::ByteSize;

/// How a source file is read.
///
/// ```yaml
/// format: { kind: csv, encoding: gb18030, delimiter: ";", header: { row: 3 }, footer_rows: 1 }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Format {
    /// Kind of file; guessed from the first bytes and the extension when absent.
    pub kind: Option<Kind>,
    /// Character encoding of CSV and TSV: `utf-8`, `gb18030` (`gbk`), `windows-1252`, `utf-16le`, …
    /// Detected when absent.
    pub encoding: Option<EncodingLabel>,
    /// Field delimiter of CSV: one ASCII character or `tab`. Detected when absent.
    pub delimiter: Option<Delimiter>,
    /// Quote character of CSV: one ASCII character, or `none`. Absent: `"`.
    pub quote: Option<Quote>,
    /// Where the column names are. Absent: the first row that is not blank.
    pub header: Option<Header>,
    /// Rows left out at the top, before anything else is looked at.
    pub skip_rows: u32,
    /// Rows up to and including the one whose only content is this text are left out (`data` in BADC-CSV).
    pub after: Option<String>,
    /// Rows left out directly under the header: a row of units or of column numbers.
    pub skip_after_header: u32,
    /// Reading ends before the row whose only content is this text (`end data` in BADC-CSV).
    /// A file without it is refused as cut short.
    pub until: Option<String>,
    /// Rows left out at the bottom: totals, signatures.
    pub footer_rows: u32,
    /// Sheet of a workbook, by name or by its number among the visible sheets (1 = leftmost tab).
    /// Absent: the first visible sheet.
    pub sheet: Option<SheetSelector>,
    /// Where the array of records is in a JSON document: `data.items`. Absent: the document is the array.
    pub path: Option<JsonPath>,
    /// The JSON value at `path` is an object whose members are the records: column `key` holds the
    /// member's name, its fields (or `value`, when it is not an object) hold the rest.
    pub entries: bool,
    /// What becomes of a row of CSV with fewer fields than the header.
    pub short_rows: ShortRows,
    /// Longest row that is read, `"16 MiB"` when absent; a longer one goes to quarantine as `row_too_long`.
    pub max_row: Option<ByteSize>,
}

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text with delimited fields.
    Csv,
    /// Text with fields delimited by tabs.
    Tsv,
    /// Excel workbook, Office Open XML.
    Xlsx,
    /// Excel workbook, binary (97 to 2003).
    Xls,
    /// One JSON document that holds an array of records.
    Json,
    /// One JSON record a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl Kind {
    /// All kinds with the word a job uses for each.
    pub const ALL: [(Kind, &'static str); 7] = [
        (Kind::Csv, "csv"),
        (Kind::Tsv, "tsv"),
        (Kind::Xlsx, "xlsx"),
        (Kind::Xls, "xls"),
        (Kind::Json, "json"),
        (Kind::Ndjson, "ndjson"),
        (Kind::Parquet, "parquet"),
    ];

    /// The word a job uses.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Tsv => "tsv",
            Kind::Xlsx => "xlsx",
            Kind::Xls => "xls",
            Kind::Json => "json",
            Kind::Ndjson => "ndjson",
            Kind::Parquet => "parquet",
        }
    }

    /// Whether the file is text with delimited fields.
    pub fn is_delimited(self) -> bool {
        matches!(self, Kind::Csv | Kind::Tsv)
    }

    /// Whether the file is a workbook.
    pub fn is_workbook(self) -> bool {
        matches!(self, Kind::Xlsx | Kind::Xls)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// Where the column names are.
///
/// Row numbers are those an editor or spreadsheet shows, starting at 1; with `skip_rows` or `after` they
/// count from the first row that is left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// In one row.
    Row(std::num::NonZeroU32),
    /// Spread over the rows from the first number to the second: `[3, 4]`. A heading that spans several
    /// columns is joined to each name below it with `_`: `电_数量`, `电_金额`.
    Rows([std::num::NonZeroU32; 2]),
    /// Nowhere: the columns are called `column_1`, `column_2`, …
    None,
    /// Here; the file has no row of names.
    Names(Vec<String>),
}

/// What becomes of a row of CSV with fewer fields than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortRows {
    /// The fields that are missing at its end are empty, as many programs leave them out.
    #[default]
    Fill,
    /// It goes to quarantine as `uneven_row`: right when every row is written in full, so that a missing
    /// field means a lost delimiter and values in wrong columns.
    Refuse,
}

/// Why the keys of a [`Format`] do not fit each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatFault {
    /// A key that means nothing for this kind of file.
    #[error("`{key}` means nothing for `kind: {kind}`")]
    KeyOfAnotherKind {
        /// The key under `format:`.
        key: &'static str,
        /// The kind declared beside it.
        kind: Kind,
        /// The kinds it belongs to.
        belongs_to: &'static str,
    },
    /// `header: { rows: [a, b] }` with b before a, or more rows than anybody writes a header in.
    #[error("header rows [{first}, {last}] are not in order or too many")]
    HeaderRows {
        /// First row given.
        first: u32,
        /// Last row given.
        last: u32,
    },
    /// `header: { names: [] }`, or a name given twice or empty.
    #[error("header name {position} `{name}` is empty or given twice")]
    HeaderName {
        /// Position in the list, from 1; 0 when the list is empty.
        position: usize,
        /// The name.
        name: String,
    },
    /// Delimiter and quote are the same character.
    #[error("delimiter and quote are both `{character}`")]
    DelimiterIsQuote {
        /// The character.
        character: char,
    },
    /// An empty marker in `after` or `until`.
    #[error("`{key}` is empty")]
    EmptyMarker {
        /// `after` or `until`.
        key: &'static str,
    },
}

impl FormatFault {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            FormatFault::KeyOfAnotherKind {
                key, belongs_to, ..
            } => {
                format!("remove `{key}`, or set `kind` to {belongs_to}")
            }
            FormatFault::HeaderRows { .. } => {
                "write the first and the last header row, at most ten rows apart: `rows: [3, 4]`"
                    .to_owned()
            }
            FormatFault::HeaderName { .. } => {
                "give every column of the file one name of its own, in the order of the columns"
                    .to_owned()
            }
            FormatFault::DelimiterIsQuote { .. } => {
                "choose another quote, or `quote: none` when fields are never quoted".to_owned()
            }
            FormatFault::EmptyMarker { key } => {
                format!("write the text of the marker row, or remove `{key}`")
            }
        }
    }
}

/// Most rows a header may span.
const MAX_HEADER_ROWS: u32 = 10;

impl Format {
    /// Finds the keys that do not fit each other; all of them, in the order of the keys.
    pub fn faults(&self) -> Vec<FormatFault> {
        let mut faults = Vec::new();
        self.find_keys_of_another_kind(&mut faults);
        match &self.header {
            Some(Header::Rows([first, last]))
                if last < first || last.get() - first.get() >= MAX_HEADER_ROWS =>
            {
                faults.push(FormatFault::HeaderRows {
                    first: first.get(),
                    last: last.get(),
                });
            }
            Some(Header::Names(names)) => find_bad_names(names, &mut faults),
            _ => {}
        }
        if let (Some(delimiter), Some(quote)) = (self.delimiter, self.quote)
            && quote.byte() == Some(delimiter.byte())
        {
            faults.push(FormatFault::DelimiterIsQuote {
                character: char::from(delimiter.byte()),
            });
        }
        for (key, marker) in [("after", &self.after), ("until", &self.until)] {
            if marker.as_ref().is_some_and(|text| text.trim().is_empty()) {
                faults.push(FormatFault::EmptyMarker { key });
            }
        }
        faults
    }

    fn find_keys_of_another_kind(&self, faults: &mut Vec<FormatFault>) {
        let Some(kind) = self.kind else { return };
        let rows_of_cells = kind.is_delimited() || kind.is_workbook();
        let keys = [
            (
                "encoding",
                self.encoding.is_some(),
                kind.is_delimited(),
                "`csv` or `tsv`",
            ),
            (
                "delimiter",
                self.delimiter.is_some(),
                kind.is_delimited(),
                "`csv`",
            ),
            (
                "quote",
                self.quote.is_some(),
                kind.is_delimited(),
                "`csv` or `tsv`",
            ),
            (
                "header",
                self.header.is_some(),
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "skip_rows",
                self.skip_rows > 0,
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "after",
                self.after.is_some(),
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "skip_after_header",
                self.skip_after_header > 0,
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "until",
                self.until.is_some(),
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "footer_rows",
                self.footer_rows > 0,
                rows_of_cells,
                "`csv`, `tsv`, `xlsx` or `xls`",
            ),
            (
                "short_rows",
                self.short_rows != ShortRows::Fill,
                kind.is_delimited(),
                "`csv` or `tsv`",
            ),
            (
                "sheet",
                self.sheet.is_some(),
                kind.is_workbook(),
                "`xlsx` or `xls`",
            ),
            ("path", self.path.is_some(), kind == Kind::Json, "`json`"),
            ("entries", self.entries, kind == Kind::Json, "`json`"),
        ];
        for (key, is_given, fits, belongs_to) in keys {
            if is_given && !fits {
                faults.push(FormatFault::KeyOfAnotherKind {
                    key,
                    kind,
                    belongs_to,
                });
            }
        }
    }
}

fn find_bad_names(names: &[String], faults: &mut Vec<FormatFault>) {
    if names.is_empty() {
        faults.push(FormatFault::HeaderName {
            position: 0,
            name: String::new(),
        });
    }
    for (index, name) in names.iter().enumerate() {
        if name.trim().is_empty() || names[..index].contains(name) {
            faults.push(FormatFault::HeaderName {
                position: index + 1,
                name: name.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests;
