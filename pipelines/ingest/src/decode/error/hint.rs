//! What to do about an object that could not be decoded.

use super::DecodeError;

impl DecodeError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            DecodeError::Read { .. } => "look at the disk or the network, then run the job again".to_owned(),
            DecodeError::Source { source, .. } => source.hint(),
            DecodeError::Spool { .. } => {
                "free some space in the temporary folder, or set TMPDIR to a larger one".to_owned()
            }
            DecodeError::Empty { .. } => {
                "check that the export has finished; when there is nothing to report, a file with the header alone is fine"
                    .to_owned()
            }
            DecodeError::UnknownKind { nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean `.{nearest}`? or say it in the job: `format: {{ kind: {nearest} }}`"),
                None => "say it in the job: `format: { kind: csv }` (csv, tsv, xlsx, xls, json, ndjson, parquet)".to_owned(),
            },
            DecodeError::OtherKind { found, .. } => other_kind_hint(found),
            DecodeError::WrongEncoding { looks_like: Some(looks_like), .. } => {
                format!("it looks like {looks_like}; write `encoding: {looks_like}` in the job's `format`, or leave `encoding` out")
            }
            DecodeError::WrongEncoding { looks_like: None, .. } => {
                "ask for the export in UTF-8, or write the encoding it is in: `encoding: gb18030`".to_owned()
            }
            DecodeError::NoHeader { .. } => {
                "mend `header` in the job's `format`; rows are counted as an editor shows them, after `skip_rows` and `after`"
                    .to_owned()
            }
            DecodeError::BadHeader { .. } => {
                "mend that row in the file, or the names in the job: `header: { names: [...] }` with `skip_rows`".to_owned()
            }
            DecodeError::BlankHeader { .. } => {
                "mend `header` in the job's `format`: `{ row: n }`, `none`, or `{ names: [...] }`".to_owned()
            }
            DecodeError::TooManyColumns { .. } => {
                "check `delimiter` in the job's `format`, and whether this row is the header".to_owned()
            }
            DecodeError::NoMarker { key: "until", .. } => {
                "the file is cut short, or the marker changed: fetch it again, or mend `until` in the job's `format`".to_owned()
            }
            DecodeError::NoMarker { key, .. } => format!("mend `{key}` in the job's `format`"),
            DecodeError::UnclosedQuote { .. } | DecodeError::StrayQuote { .. } => {
                "mend that line (a quote inside a quoted field is written twice), or write `quote: none` in the job's `format` when fields are never quoted"
                    .to_owned()
            }
            DecodeError::Password { .. } => {
                "save it without a password (Excel: File, Info, Protect Workbook), or ask for the export anew".to_owned()
            }
            DecodeError::NoSheet { sheets, nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean `{nearest}`? it has {}", in_backticks(sheets)),
                None => format!("it has {}; numbers count the visible sheets from 1", in_backticks(sheets)),
            },
            DecodeError::NoVisibleSheet { hidden, .. } if hidden.is_empty() => {
                "ask for the export anew".to_owned()
            }
            DecodeError::NoVisibleSheet { hidden, .. } => {
                format!("name the hidden sheet that is meant in the job's `format`: {}", in_backticks(hidden))
            }
            DecodeError::WorkbookTooBig { .. } => {
                "ask for the export as CSV, or in several workbooks".to_owned()
            }
            DecodeError::Workbook { .. } => {
                "open it in Excel or LibreOffice, save it anew as .xlsx, and put that in its place".to_owned()
            }
            DecodeError::Json { .. } => {
                "mend the export; when every line is a document of its own, write `kind: ndjson` in the job's `format`".to_owned()
            }
            DecodeError::NoJsonPath { .. } => "mend `path` in the job's `format`".to_owned(),
            DecodeError::NotAnArray { arrays, .. } => match arrays.first() {
                Some(array) => format!("write `path: {array}` in the job's `format` (arrays: {})", in_backticks(arrays)),
                None => "write the `path` to the array in the job's `format`; `entries: true` reads the members of an object as records".to_owned(),
            },
            DecodeError::NotAnObject { .. } => "remove `entries` from the job's `format`".to_owned(),
            DecodeError::ElementTooLong { .. } => {
                "check `path` in the job's `format`; if a record is meant to be that long, raise `max_row`".to_owned()
            }
            DecodeError::Parquet { .. } => "fetch the file again; if it stays the same, ask its sender for another copy".to_owned(),
            DecodeError::NoTextForm { .. } => "ask for the column in another type, or leave it out of the export".to_owned(),
            DecodeError::Batch { .. } | DecodeError::Stopped { .. } => {
                "this is a mistake in jieyue; please report it with the log".to_owned()
            }
        }
    }
}

fn in_backticks(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn other_kind_hint(found: &str) -> String {
    if found.contains("HTML") || found.contains("XML") {
        return "open it in Excel or LibreOffice, save it as .xlsx, and put that in its place"
            .to_owned();
    }
    "mend `kind` in the job's `format`, or leave it out: the first bytes tell".to_owned()
}
