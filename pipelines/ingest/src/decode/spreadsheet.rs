//! Workbooks: .xlsx and .xls, one sheet of them.
//!
//! What a cell holds becomes text as `value` says; a formula counts as the value stored with it, and a row
//! with a formula whose value is not stored is refused. Rows and columns hidden by a filter are read like
//! others. Merged cells fill the header only: what is merged in the data stands in its first row.
//! Rows without content are left out; `_row` is the row's number in the sheet.
//!
//! An .xlsx is read cell by cell, so memory holds its text table and one batch; an .xls has at most 65 536
//! rows and is read as a whole.

mod book;
mod top;
mod value;

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use calamine::{Reader, Xls, XlsError, Xlsx, XlsxError};
use sources::ByteSize;

use super::error::DecodeError;
use super::input::{Object, read_failed};
use super::rows::{Place, Rows};
use super::worker::{self, Flow, Outlet};
use super::{Decoded, Detected, RefusalRule, RefusedRow};
use crate::format::{Format, Kind};
use book::{Book, XlsBook, XlsxBook};
use value::Cell;

/// Largest text table of a workbook; in memory it takes two to three times as much.
const MAX_TEXT_TABLE: ByteSize = ByteSize::mib(512);

/// What the worker says before the first batch.
struct Head {
    detected: Detected,
    schema: arrow::datatypes::SchemaRef,
}

pub(super) fn decode(
    object: Object,
    kind: Kind,
    format: &Format,
    batch_rows: usize,
) -> Result<Decoded, DecodeError> {
    let file = object.name.clone();
    let prefix = object.prefix.clone();
    let format = format.clone();
    let source = object.into_file()?;
    let name = file.clone();
    let (head, batches) = worker::start(file, move |outlet| {
        let task = Task {
            file: &name,
            prefix: &prefix,
            kind,
            format: &format,
            batch_rows,
            outlet,
        };
        match kind {
            Kind::Xls => task.run(open_xls(&name, source)?.as_mut()),
            _ => task.run(&mut open_xlsx(&name, source)?),
        }
    })?;
    Ok(Decoded {
        detected: head.detected,
        schema: head.schema,
        batches: Box::new(batches),
    })
}

fn open_xlsx(file: &str, source: File) -> Result<XlsxBook, DecodeError> {
    check_text_table(file, &source, MAX_TEXT_TABLE)?;
    match Xlsx::new(BufReader::new(source)) {
        Ok(book) => Ok(XlsxBook::new(file, book)),
        Err(XlsxError::Password) => Err(DecodeError::Password {
            file: file.to_owned(),
        }),
        Err(error) => Err(workbook(file, None, None, error)),
    }
}

/// Refuses a workbook whose text table is larger than `bound`. The reader keeps that table in memory, and
/// a kilobyte of zip can hold a gigabyte of it.
fn check_text_table(file: &str, source: &File, bound: ByteSize) -> Result<(), DecodeError> {
    // What is wrong with the zip is told by the reader of workbooks; it also holds an entry to its size.
    let Ok(zip) = zip::ZipArchive::new(BufReader::new(source)) else {
        return Ok(());
    };
    let entries = (0..zip.len()).filter_map(|index| zip.by_index_data(index).ok());
    let tables = entries.filter(|entry| {
        entry
            .name_raw()
            .to_ascii_lowercase()
            .ends_with(b"sharedstrings.xml")
    });
    let bytes = tables.map(|entry| entry.size()).max().unwrap_or(0);
    if bytes > bound.as_bytes() {
        return Err(DecodeError::WorkbookTooBig {
            file: file.to_owned(),
            bytes,
            bound,
        });
    }
    Ok(())
}

/// Opens a compound file: an old workbook, or a new one in the wrapping that a password needs.
fn open_xls(file: &str, mut source: File) -> Result<Box<dyn Book>, DecodeError> {
    let again = source
        .try_clone()
        .map_err(|error| read_failed(file, 0, error))?;
    if let Err(XlsxError::Password) = Xlsx::new(BufReader::new(again)) {
        return Err(DecodeError::Password {
            file: file.to_owned(),
        });
    }
    source
        .seek(SeekFrom::Start(0))
        .map_err(|error| read_failed(file, 0, error))?;
    match Xls::new(BufReader::new(source)) {
        Ok(book) => Ok(Box::new(XlsBook::new(file, book))),
        Err(XlsError::Password) => Err(DecodeError::Password {
            file: file.to_owned(),
        }),
        Err(error) => Err(workbook(file, None, None, error)),
    }
}

/// An error of the workbook reader with its place.
fn workbook(
    file: &str,
    sheet: Option<&str>,
    row: Option<u64>,
    source: impl std::error::Error + Send + Sync + 'static,
) -> DecodeError {
    DecodeError::Workbook {
        file: file.to_owned(),
        sheet: sheet.map(str::to_owned),
        row,
        source: Box::new(source),
    }
}

/// Reading one sheet.
struct Task<'a> {
    file: &'a str,
    prefix: &'a str,
    kind: Kind,
    format: &'a Format,
    batch_rows: usize,
    outlet: &'a Outlet<Head>,
}

impl Task<'_> {
    fn run(&self, book: &mut dyn Book) -> Result<(), DecodeError> {
        let sheet = top::choose_sheet(self.file, book.sheets(), self.format.sheet.as_ref())?;
        let mut top = top::read(self.file, &sheet, book.rows(&sheet)?.as_mut(), self.format)?;
        if top.may_be_merged() {
            top.fill_merged(&book.merged(&sheet)?);
        }
        let columns = top.columns(self.file, &sheet)?;
        let place = Place::new(self.prefix, Some(&sheet), self.batch_rows);
        let mut rows = Rows::new(self.file.to_owned(), &columns, place, self.batch_rows);

        let mut source = book.rows(&sheet)?;
        let mut cells = Vec::new();
        let mut number = source.next_row(&mut cells)?;
        while number.is_some_and(|number| number <= top.last_row()) {
            number = source.next_row(&mut cells)?;
        }
        let head = Head {
            detected: Detected {
                kind: self.kind,
                encoding: None,
                encoding_by: None,
                delimiter: None,
                line_end: None,
                sheet: Some(sheet.clone()),
                header_row: top.header_row(),
                columns,
                notes: match number {
                    Some(_) => Vec::new(),
                    None => vec!["the sheet holds a header and no rows".to_owned()],
                },
            },
            schema: rows.schema(),
        };
        if self.outlet.head(head) == Flow::Stop {
            return Ok(());
        }
        let mut last_row = top.last_row();
        while let Some(row) = number {
            last_row = row;
            if self
                .format
                .until
                .as_ref()
                .is_some_and(|marker| top::is_marker(&cells, marker))
            {
                return self.give_out(&mut rows).map(|_| ());
            }
            self.add(&mut rows, &sheet, row, &cells);
            if rows.is_full() && self.give_out(&mut rows)? == Flow::Stop {
                return Ok(());
            }
            number = source.next_row(&mut cells)?;
        }
        if let Some(marker) = &self.format.until {
            return Err(top::no_marker(self.file, &sheet, "until", marker, last_row));
        }
        self.give_out(&mut rows).map(|_| ())
    }

    fn give_out(&self, rows: &mut Rows) -> Result<Flow, DecodeError> {
        if rows.is_empty() {
            return Ok(Flow::GoOn);
        }
        Ok(self.outlet.batch(rows.take()?))
    }

    fn add(&self, rows: &mut Rows, sheet: &str, number: u64, cells: &[Cell]) {
        if cells.iter().all(Cell::is_empty) {
            return rows.pass_over_blank();
        }
        let number = number as i64;
        let width = rows.columns().len();
        if let Some((rule, detail)) = fault_of(cells, number, width) {
            let raw = cells.iter().map(Cell::shown).collect::<Vec<_>>().join("\t");
            return rows.refuse(RefusedRow {
                sheet: Some(sheet.to_owned()),
                row: number,
                rule,
                detail,
                raw,
            });
        }
        let mut bytes = 0;
        for (at, column) in rows.columns().iter_mut().enumerate() {
            match cells.get(at) {
                Some(Cell::Text(text)) => {
                    bytes += text.len();
                    column.push(text.as_bytes());
                }
                _ => column.push_null(),
            }
        }
        rows.end_row(number, bytes);
    }
}

/// Why a row cannot be read, if so.
fn fault_of(cells: &[Cell], number: i64, width: usize) -> Option<(RefusalRule, String)> {
    for (at, cell) in cells.iter().enumerate() {
        match cell {
            Cell::NotComputed => {
                return Some((
                    RefusalRule::FormulaNotComputed,
                    format!(
                        "cell {}{number} holds a formula without a stored value",
                        column_letters(at)
                    ),
                ));
            }
            Cell::Text(text) if at >= width => {
                return Some((
                    RefusalRule::UnevenRow,
                    format!(
                        "cell {}{number} holds `{text}`, the header ends with column {}",
                        column_letters(at),
                        column_letters(width.saturating_sub(1))
                    ),
                ));
            }
            Cell::Text(text) if text.contains('\0') => {
                return Some((
                    RefusalRule::NulByte,
                    format!("cell {}{number} holds a NUL", column_letters(at)),
                ));
            }
            _ => {}
        }
    }
    None
}

/// The letters of a column, from 0: A, B, …, Z, AA.
fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = (rest - 1) % 26;
        letters.push(b'A' + letter as u8);
        rest = (rest - 1) / 26;
    }
    letters
        .iter()
        .rev()
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use sources::ByteSize;
    use zip::write::SimpleFileOptions;

    use super::{check_text_table, column_letters};
    use crate::decode::DecodeError;

    #[test]
    fn text_table_beyond_the_bound_is_refused_before_it_is_read() {
        let file = tempfile::tempfile().expect("a file");
        let mut writer = zip::ZipWriter::new(file);
        writer
            .start_file("xl/sharedStrings.xml", SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(&[b' '; 3000]).expect("content");
        let mut file = writer.finish().expect("a zip");
        file.rewind().expect("rewound");
        assert!(check_text_table("a.xlsx", &file, ByteSize::bytes(3000)).is_ok());
        let error = check_text_table("a.xlsx", &file, ByteSize::bytes(1024)).expect_err("too big");
        assert!(matches!(
            error,
            DecodeError::WorkbookTooBig { bytes: 3000, .. }
        ));
        insta::assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
        workbook `a.xlsx` holds 3000 bytes of text in its table, more than 1 KiB
        ask for the export as CSV, or in several workbooks
        ");
    }

    #[test]
    fn columns_are_lettered_like_a_spreadsheet() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
