//! The top of a file: rows before the header, the header itself, and rows between it and the data.

use super::records::{Records, Span, Step};
use crate::decode::error::DecodeError;
use crate::decode::header;
use crate::format::{Format, Header};

/// What the top of a file says about its columns.
pub(super) struct Top {
    pub(super) columns: Vec<String>,
    /// Last row of the header.
    pub(super) header_row: Option<i64>,
}

/// Leaves out what `skip_rows`, `after` and the header's row number say; the next record is the header,
/// or where there is none the first row.
pub(super) fn skip_to_header(
    records: &mut Records,
    file: &str,
    format: &Format,
) -> Result<(), DecodeError> {
    for _ in 0..format.skip_rows {
        if records.skip_line()?.is_none() {
            return Err(no_header(records, file, u64::from(format.skip_rows) + 1));
        }
    }
    if let Some(marker) = &format.after {
        skip_to_marker(records, file, marker)?;
    }
    let first_row = match &format.header {
        Some(Header::Row(row)) => row.get(),
        Some(Header::Rows([first, _])) => first.get(),
        _ => 1,
    };
    let wanted = records.line() as u64 + u64::from(first_row) - 1;
    for _ in 1..first_row {
        if records.skip_line()?.is_none() {
            return Err(no_header(records, file, wanted));
        }
    }
    Ok(())
}

/// Reads the header; `width` is that of files without one.
pub(super) fn read(
    records: &mut Records,
    file: &str,
    format: &Format,
    width: usize,
) -> Result<Top, DecodeError> {
    skip_to_header(records, file, format)?;
    records.stop_at_long(true);
    let top = match &format.header {
        Some(Header::None) => Top {
            columns: header::numbered(width),
            header_row: None,
        },
        Some(Header::Names(names)) => Top {
            columns: header::make_unique(names.clone()),
            header_row: None,
        },
        Some(Header::Row(_)) => {
            let row = records.line();
            read_rows(records, file, row, row)?
        }
        Some(Header::Rows([first, last])) => {
            let row = records.line();
            read_rows(
                records,
                file,
                row,
                row + i64::from(last.get() - first.get()),
            )?
        }
        None => read_first(records, file)?,
    };
    records.stop_at_long(false);
    for _ in 0..format.skip_after_header {
        records.skip_line()?;
    }
    Ok(top)
}

/// Reads a header that is said to be on these lines.
fn read_rows(records: &mut Records, file: &str, first: i64, last: i64) -> Result<Top, DecodeError> {
    let mut rows = Vec::new();
    while records.line() <= last {
        match records.step()? {
            Step::Record(span) if span.line <= last => rows.push(cells(records)),
            Step::Record(_) => return Err(blank(file, last)),
            Step::Refused(row) => return Err(bad_header(file, row.row, row.detail)),
            Step::End => return Err(no_header(records, file, last as u64)),
        }
    }
    let header_row = records.line() - 1;
    named(file, &rows, first, header_row)
}

/// Takes the first record for the header.
fn read_first(records: &mut Records, file: &str) -> Result<Top, DecodeError> {
    match records.step()? {
        Step::Record(Span { line, .. }) => named(file, &[cells(records)], line, line),
        Step::Refused(row) => Err(bad_header(file, row.row, row.detail)),
        Step::End => Err(DecodeError::Empty {
            file: file.to_owned(),
            bytes: 0,
        }),
    }
}

fn named(file: &str, rows: &[Vec<String>], first: i64, last: i64) -> Result<Top, DecodeError> {
    if rows.iter().flatten().all(|cell| cell.trim().is_empty()) {
        return Err(blank(file, first));
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width > header::MAX_COLUMNS {
        return Err(DecodeError::TooManyColumns {
            file: file.to_owned(),
            row: last as u64,
            columns: width,
            bound: header::MAX_COLUMNS,
        });
    }
    let columns = header::names(rows);
    Ok(Top {
        columns,
        header_row: Some(last),
    })
}

fn cells(records: &Records) -> Vec<String> {
    records
        .fields()
        .iter()
        .map(|field| records.field_text(*field))
        .collect()
}

/// Skips lines up to the one whose only content is `marker`.
fn skip_to_marker(records: &mut Records, file: &str, marker: &str) -> Result<(), DecodeError> {
    let is_padding = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '\u{feff}');
    loop {
        match records.skip_line()? {
            Some(line) if line.trim_matches(is_padding) == marker.trim() => return Ok(()),
            Some(_) => {}
            None => {
                return Err(DecodeError::NoMarker {
                    file: file.to_owned(),
                    sheet: None,
                    key: "after",
                    marker: marker.to_owned(),
                    rows: (records.line() - 1) as u64,
                });
            }
        }
    }
}

fn no_header(records: &Records, file: &str, wanted: u64) -> DecodeError {
    let rows = (records.line() - 1) as u64;
    DecodeError::NoHeader {
        file: file.to_owned(),
        sheet: None,
        wanted,
        rows,
    }
}

fn blank(file: &str, row: i64) -> DecodeError {
    DecodeError::BlankHeader {
        file: file.to_owned(),
        sheet: None,
        row: row as u64,
    }
}

fn bad_header(file: &str, row: i64, detail: String) -> DecodeError {
    DecodeError::BadHeader {
        file: file.to_owned(),
        sheet: None,
        row: row as u64,
        detail,
    }
}
