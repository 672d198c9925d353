//! A workbook as rows of cells, whichever of the two formats it is in.

use std::fs::File;
use std::io::BufReader;

use calamine::{Dimensions, Range, Reader, Sheet, Xls, Xlsx, XlsxCellReader};

use super::value::{self, Cell};
use super::workbook;
use crate::decode::error::DecodeError;

/// A workbook.
pub(super) trait Book {
    /// Its sheets in the order of the tabs.
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet from the top.
    fn rows<'a>(&'a mut self, sheet: &str) -> Result<Box<dyn RowSource + 'a>, DecodeError>;

    /// The merged ranges of a sheet, rows and columns from 0.
    fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, DecodeError>;
}

/// Rows of a sheet.
pub(super) trait RowSource {
    /// Puts the next row that has cells into `cells`, the first column first, and gives its number from 1.
    fn next_row(&mut self, cells: &mut Vec<Cell>) -> Result<Option<u64>, DecodeError>;
}

/// An .xlsx.
pub(super) struct XlsxBook {
    file: String,
    book: Xlsx<BufReader<File>>,
}

impl XlsxBook {
    pub(super) fn new(file: &str, book: Xlsx<BufReader<File>>) -> XlsxBook {
        XlsxBook {
            file: file.to_owned(),
            book,
        }
    }
}

impl Book for XlsxBook {
    fn sheets(&self) -> &[Sheet] {
        self.book.sheets_metadata()
    }

    fn rows<'a>(&'a mut self, sheet: &str) -> Result<Box<dyn RowSource + 'a>, DecodeError> {
        let file = self.file.clone();
        let reader = self.book.worksheet_cells_reader(sheet);
        let reader = reader.map_err(|error| workbook(&file, Some(sheet), None, error))?;
        Ok(Box::new(XlsxRows {
            file,
            sheet: sheet.to_owned(),
            reader,
            ahead: None,
            row: 0,
            is_over: false,
        }))
    }

    fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, DecodeError> {
        let merged = self.book.merge_cells_by_sheet_name(sheet);
        merged.map_err(|error| workbook(&self.file, Some(sheet), None, error))
    }
}

/// A cell with its row and column, from 0.
type Placed = ((u32, u32), Cell);

/// Rows put together from cells as they stream in.
struct XlsxRows<'a> {
    file: String,
    sheet: String,
    reader: XlsxCellReader<'a, BufReader<File>>,
    /// The first cell of the next row.
    ahead: Option<Placed>,
    /// The last row that was read, for messages.
    row: u64,
    /// The reader must not be asked again after its last cell.
    is_over: bool,
}

impl XlsxRows<'_> {
    fn next_cell(&mut self) -> Result<Option<Placed>, DecodeError> {
        if self.is_over {
            return Ok(None);
        }
        let record = self
            .reader
            .next_cell_with_formula_metadata()
            .map_err(|error| {
                workbook(
                    &self.file,
                    Some(&self.sheet),
                    (self.row > 0).then_some(self.row),
                    error,
                )
            })?;
        self.is_over = record.is_none();
        Ok(record.map(|record| {
            let is_formula = record.formula.is_some();
            // A formula whose value is an empty text is stored as one; without any value it was never computed.
            let cell = match record.value {
                calamine::DataRef::Empty if is_formula => Cell::NotComputed,
                value => Cell::of(value::of_xlsx(value)),
            };
            (record.pos, cell)
        }))
    }
}

impl RowSource for XlsxRows<'_> {
    fn next_row(&mut self, cells: &mut Vec<Cell>) -> Result<Option<u64>, DecodeError> {
        cells.clear();
        let first = match self.ahead.take() {
            Some(cell) => Some(cell),
            None => self.next_cell()?,
        };
        let Some(((row, column), cell)) = first else {
            return Ok(None);
        };
        put(cells, column, cell);
        while let Some(((next_row, column), cell)) = self.next_cell()? {
            if next_row != row {
                self.ahead = Some(((next_row, column), cell));
                break;
            }
            put(cells, column, cell);
        }
        self.row = u64::from(row) + 1;
        Ok(Some(self.row))
    }
}

/// Puts a cell in its column; empty ones only when others follow.
fn put(cells: &mut Vec<Cell>, column: u32, cell: Cell) {
    if cell.is_empty() {
        return;
    }
    let column = column as usize;
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    cells[column] = cell;
}

/// An .xls.
pub(super) struct XlsBook {
    file: String,
    book: Xls<BufReader<File>>,
}

impl XlsBook {
    pub(super) fn new(file: &str, book: Xls<BufReader<File>>) -> XlsBook {
        XlsBook {
            file: file.to_owned(),
            book,
        }
    }
}

impl Book for XlsBook {
    fn sheets(&self) -> &[Sheet] {
        self.book.sheets_metadata()
    }

    fn rows<'a>(&'a mut self, sheet: &str) -> Result<Box<dyn RowSource + 'a>, DecodeError> {
        let range = self.book.worksheet_range(sheet);
        let range = range.map_err(|error| workbook(&self.file, Some(sheet), None, error))?;
        Ok(Box::new(XlsRows { range, next: 0 }))
    }

    fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, DecodeError> {
        let merged = self.book.merge_cells_by_sheet_name(sheet);
        merged.map_err(|error| workbook(&self.file, Some(sheet), None, error))
    }
}

struct XlsRows {
    range: Range<calamine::Data>,
    next: usize,
}

impl RowSource for XlsRows {
    fn next_row(&mut self, cells: &mut Vec<Cell>) -> Result<Option<u64>, DecodeError> {
        cells.clear();
        let Some((first_row, first_column)) = self.range.start() else {
            return Ok(None);
        };
        if self.next >= self.range.height() {
            return Ok(None);
        }
        for column in 0..self.range.width() {
            if let Some(value) = self.range.get((self.next, column)) {
                put(
                    cells,
                    first_column + column as u32,
                    Cell::of(value::of_xls(value.clone())),
                );
            }
        }
        let number = u64::from(first_row) + self.next as u64 + 1;
        self.next += 1;
        Ok(Some(number))
    }
}
