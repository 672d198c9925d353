//! Which sheet is read, and the top of it: title rows, header, rows between header and data.

use std::collections::BTreeMap;

use calamine::{Dimensions, Sheet, SheetType, SheetVisible};
use contracts::text::nearest;

use super::book::RowSource;
use super::value::Cell;
use crate::decode::error::DecodeError;
use crate::decode::header;
use crate::format::{Format, Header, SheetSelector};

/// The name of the sheet that is meant. Numbers count the visible worksheets as a person counts tabs; a
/// name means a hidden sheet as well.
pub(super) fn choose_sheet(
    file: &str,
    sheets: &[Sheet],
    wanted: Option<&SheetSelector>,
) -> Result<String, DecodeError> {
    let worksheets = || {
        sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
    };
    let visible: Vec<&str> = worksheets()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.as_str())
        .collect();
    let found = match wanted {
        None => visible.first().copied(),
        Some(SheetSelector::Number(number)) => visible.get(*number as usize - 1).copied(),
        Some(SheetSelector::Name(name)) => worksheets()
            .map(|sheet| sheet.name.as_str())
            .find(|sheet| sheet == name || sheet.trim() == name.trim()),
    };
    if let Some(found) = found {
        return Ok(found.to_owned());
    }
    let Some(wanted) = wanted else {
        let hidden = worksheets().map(|sheet| sheet.name.clone()).collect();
        return Err(DecodeError::NoVisibleSheet {
            file: file.to_owned(),
            hidden,
        });
    };
    let name = wanted.to_string();
    Err(DecodeError::NoSheet {
        file: file.to_owned(),
        wanted: wanted.clone(),
        nearest: nearest(&name, worksheets().map(|sheet| sheet.name.as_str())).map(str::to_owned),
        sheets: worksheets()
            .map(|sheet| match sheet.visible {
                SheetVisible::Visible => sheet.name.clone(),
                _ => format!("({})", sheet.name),
            })
            .collect(),
    })
}

/// The top of a sheet.
#[derive(Debug)]
pub(super) struct Top {
    /// Every row read on the way, by number.
    rows: BTreeMap<u64, Vec<String>>,
    names: Names,
    /// Rows under the header that are left out.
    skip_after: u64,
}

/// Where the names of the columns come from.
#[derive(Debug)]
enum Names {
    /// From these rows of the sheet.
    Rows { first: u64, last: u64 },
    /// From the job, or from nowhere; data start behind this row.
    Given {
        columns: Vec<String>,
        last_skipped: u64,
    },
}

/// Reads the top of a sheet as the job's `format` describes it.
pub(super) fn read(
    file: &str,
    sheet: &str,
    source: &mut dyn RowSource,
    format: &Format,
) -> Result<Top, DecodeError> {
    let mut rows = BTreeMap::new();
    let mut cells = Vec::new();
    let mut last_skipped = u64::from(format.skip_rows);
    if let Some(marker) = &format.after {
        last_skipped = skip_to_marker(file, sheet, source, &mut rows, marker, last_skipped)?;
    }
    let names = match &format.header {
        Some(Header::Names(names)) => Names::Given {
            columns: header::make_unique(names.clone()),
            last_skipped,
        },
        Some(Header::None) => {
            let width = first_content(source, &mut cells, last_skipped)?.map_or(0, |_| cells.len());
            Names::Given {
                columns: header::numbered(width),
                last_skipped,
            }
        }
        Some(Header::Row(row)) => {
            let row = last_skipped + u64::from(row.get());
            read_rows(file, sheet, source, &mut rows, row, row)?
        }
        Some(Header::Rows([first, last])) => {
            let (first, last) = (
                last_skipped + u64::from(first.get()),
                last_skipped + u64::from(last.get()),
            );
            read_rows(file, sheet, source, &mut rows, first, last)?
        }
        None => {
            let Some(row) = first_content(source, &mut cells, last_skipped)? else {
                return Err(DecodeError::Empty {
                    file: format!("{file}, sheet {sheet}"),
                    bytes: 0,
                });
            };
            rows.insert(row, texts(&cells));
            Names::Rows {
                first: row,
                last: row,
            }
        }
    };
    Ok(Top {
        rows,
        names,
        skip_after: u64::from(format.skip_after_header),
    })
}

impl Top {
    /// The last row that is not data.
    pub(super) fn last_row(&self) -> u64 {
        self.skip_after
            + match self.names {
                Names::Rows { last, .. } => last,
                Names::Given { last_skipped, .. } => last_skipped,
            }
    }

    /// The last row of the header.
    pub(super) fn header_row(&self) -> Option<i64> {
        match self.names {
            Names::Rows { last, .. } => Some(last as i64),
            Names::Given { .. } => None,
        }
    }

    /// Whether a merged range could fill a gap in the header.
    pub(super) fn may_be_merged(&self) -> bool {
        let Names::Rows { first, last } = self.names else {
            return false;
        };
        let width = self
            .rows
            .range(first..=last)
            .map(|(_, row)| row.len())
            .max()
            .unwrap_or(0);
        (first..=last).any(|number| match self.rows.get(&number) {
            Some(row) => row.len() < width || row.iter().any(|cell| cell.trim().is_empty()),
            None => true,
        }) || first == last
            && self
                .rows
                .range(..first)
                .next_back()
                .is_some_and(|(_, above)| above.len() > width)
    }

    /// Gives every header cell of a merged range the text of the range's first cell.
    pub(super) fn fill_merged(&mut self, merged: &[Dimensions]) {
        let Names::Rows { first, last } = self.names else {
            return;
        };
        for range in merged {
            let rows =
                (u64::from(range.start.0) + 1).max(first)..=(u64::from(range.end.0) + 1).min(last);
            let columns = range.start.1 as usize..=range.end.1 as usize;
            let corner = self.rows.get(&(u64::from(range.start.0) + 1));
            let Some(text) = corner.and_then(|row| row.get(*columns.start())).cloned() else {
                continue;
            };
            for number in rows {
                let row = self.rows.entry(number).or_default();
                if row.len() <= *columns.end() {
                    row.resize(columns.end() + 1, String::new());
                }
                for column in columns.clone() {
                    row[column].clone_from(&text);
                }
            }
        }
    }

    /// The names of the columns.
    pub(super) fn columns(&self, file: &str, sheet: &str) -> Result<Vec<String>, DecodeError> {
        match &self.names {
            Names::Given { columns, .. } => Ok(columns.clone()),
            Names::Rows { first, last } => {
                let rows: Vec<Vec<String>> = (*first..=*last)
                    .map(|number| self.rows.get(&number).cloned().unwrap_or_default())
                    .collect();
                if rows.iter().flatten().all(|cell| cell.trim().is_empty()) {
                    return Err(DecodeError::BlankHeader {
                        file: file.to_owned(),
                        sheet: Some(sheet.to_owned()),
                        row: *first,
                    });
                }
                Ok(header::names(&rows))
            }
        }
    }
}

/// Whether the row's only content is the marker.
pub(super) fn is_marker(cells: &[Cell], marker: &str) -> bool {
    cells.split_first().is_some_and(|(first, rest)| {
        first.text().trim() == marker.trim() && rest.iter().all(Cell::is_empty)
    })
}

/// The error for a marker that is not there.
pub(super) fn no_marker(
    file: &str,
    sheet: &str,
    key: &'static str,
    marker: &str,
    rows: u64,
) -> DecodeError {
    DecodeError::NoMarker {
        file: file.to_owned(),
        sheet: Some(sheet.to_owned()),
        key,
        marker: marker.to_owned(),
        rows,
    }
}

/// Reads up to and including the row whose only content is `marker`, and gives its number.
fn skip_to_marker(
    file: &str,
    sheet: &str,
    source: &mut dyn RowSource,
    rows: &mut BTreeMap<u64, Vec<String>>,
    marker: &str,
    last_skipped: u64,
) -> Result<u64, DecodeError> {
    let mut cells = Vec::new();
    let mut last = 0;
    while let Some(number) = source.next_row(&mut cells)? {
        last = number;
        if number > last_skipped && is_marker(&cells, marker) {
            return Ok(number);
        }
        rows.insert(number, texts(&cells));
    }
    Err(no_marker(file, sheet, "after", marker, last))
}

/// The first row with content behind `last_skipped`.
fn first_content(
    source: &mut dyn RowSource,
    cells: &mut Vec<Cell>,
    last_skipped: u64,
) -> Result<Option<u64>, DecodeError> {
    while let Some(number) = source.next_row(cells)? {
        if number > last_skipped && !cells.iter().all(Cell::is_empty) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Reads up to row `last`, keeping every row for the sake of merged ranges that reach into the header.
fn read_rows(
    file: &str,
    sheet: &str,
    source: &mut dyn RowSource,
    rows: &mut BTreeMap<u64, Vec<String>>,
    first: u64,
    last: u64,
) -> Result<Names, DecodeError> {
    let mut cells = Vec::new();
    let mut read = 0;
    while read < last {
        let Some(number) = source.next_row(&mut cells)? else {
            return Err(DecodeError::NoHeader {
                file: file.to_owned(),
                sheet: Some(sheet.to_owned()),
                wanted: last,
                rows: read,
            });
        };
        if number <= last {
            if (first..=last).contains(&number)
                && let Some(at) = cells.iter().position(|cell| *cell == Cell::NotComputed)
            {
                return Err(DecodeError::BadHeader {
                    file: file.to_owned(),
                    sheet: Some(sheet.to_owned()),
                    row: number,
                    detail: format!(
                        "cell {}{number} holds a formula without a stored value",
                        super::column_letters(at)
                    ),
                });
            }
            rows.insert(number, texts(&cells));
        }
        read = number;
    }
    Ok(Names::Rows { first, last })
}

fn texts(cells: &[Cell]) -> Vec<String> {
    cells.iter().map(|cell| cell.text().to_owned()).collect()
}
