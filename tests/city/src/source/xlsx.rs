//! Workbooks as offices make them: merged titles, headers over two rows, days as day numbers.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::CityError;
use crate::source::create;
use crate::source::layout::{Column, Holds, Layout, RowSink};
use crate::source::row::Row;

pub(crate) struct XlsxSink {
    path: PathBuf,
    sheet: Worksheet,
    columns: &'static [Column],
    footer: Option<Row>,
    next: u32,
    day: Format,
}

impl XlsxSink {
    pub(crate) fn open(
        path: &Path,
        layout: &Layout,
        name: &'static str,
    ) -> Result<Self, CityError> {
        let mut sheet = Worksheet::new();
        let next = header(&mut sheet, layout, name).map_err(|source| fault(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            sheet,
            columns: layout.columns,
            footer: layout.footer.clone(),
            next,
            day: Format::new().set_num_format("yyyy-mm-dd"),
        })
    }

    fn put(&mut self, row: &Row) -> Result<(), XlsxError> {
        let line = self.next;
        self.next += 1;
        for (place, cell) in row.cells().enumerate() {
            let column = place as u16;
            let holds = self
                .columns
                .get(place)
                .map_or(Holds::Text, |column| column.holds);
            if cell.is_empty() {
                continue;
            }
            let number = cell.parse::<f64>().ok().filter(|_| holds == Holds::Number);
            let date = cell
                .parse::<NaiveDate>()
                .ok()
                .filter(|_| holds == Holds::Day);
            match (number, date, holds) {
                (Some(number), _, _) => self.sheet.write_number(line, column, number)?,
                (_, Some(date), _) => self.sheet.write_number_with_format(
                    line,
                    column,
                    day_number(date),
                    &self.day,
                )?,
                (_, _, Holds::Truth) => self.sheet.write_boolean(line, column, cell == "true")?,
                _ => self.sheet.write_string(line, column, cell)?,
            };
        }
        Ok(())
    }
}

/// Days since the turn of 1899 to 1900, as spreadsheets count them.
fn day_number(date: NaiveDate) -> f64 {
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    (date - zero).num_days() as f64
}

/// Writes titles and header; returns the first row of data, counted from 0.
fn header(sheet: &mut Worksheet, layout: &Layout, name: &str) -> Result<u32, XlsxError> {
    sheet.set_name(name)?;
    let centred = Format::new().set_bold().set_align(FormatAlign::Center);
    let last = layout.columns.len() as u16 - 1;
    let mut next = 0;
    for title in &layout.titles {
        if last > 0 {
            sheet.merge_range(next, 0, next, last, title, &centred)?;
        } else {
            sheet.write_string(next, 0, title)?;
        }
        next += 1;
    }
    if !layout.has_groups() {
        for (place, column) in layout.columns.iter().enumerate() {
            sheet.write_string_with_format(next, place as u16, column.title, &centred)?;
        }
        return Ok(next + 1);
    }
    let mut start = 0;
    while start < layout.columns.len() {
        let column = &layout.columns[start];
        if column.group.is_empty() {
            sheet.merge_range(
                next,
                start as u16,
                next + 1,
                start as u16,
                column.title,
                &centred,
            )?;
            start += 1;
            continue;
        }
        let width = layout.columns[start..]
            .iter()
            .take_while(|other| other.group == column.group)
            .count();
        if width > 1 {
            let end = (start + width - 1) as u16;
            sheet.merge_range(next, start as u16, next, end, column.group, &centred)?;
        } else {
            sheet.write_string_with_format(next, start as u16, column.group, &centred)?;
        }
        for place in start..start + width {
            sheet.write_string_with_format(
                next + 1,
                place as u16,
                layout.columns[place].title,
                &centred,
            )?;
        }
        start += width;
    }
    Ok(next + 2)
}

fn fault(path: &Path, source: XlsxError) -> CityError {
    CityError::Workbook {
        path: PathBuf::from(path),
        source: Box::new(source),
    }
}

impl RowSink for XlsxSink {
    fn write(&mut self, row: &Row) -> Result<(), CityError> {
        self.put(row).map_err(|source| fault(&self.path, source))
    }

    fn finish(mut self: Box<Self>) -> Result<(), CityError> {
        if let Some(footer) = self.footer.take() {
            self.write(&footer)?;
        }
        let Self { path, sheet, .. } = *self;
        let file = create(&path)?;
        let save = || -> Result<(), XlsxError> {
            let mut workbook = Workbook::new();
            // A fixed day of making, so that the same city gives the same bytes.
            let made = ExcelDateTime::from_ymd(2020, 1, 1)?;
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
            workbook.push_worksheet(sheet);
            workbook.save_to_writer(std::io::BufWriter::new(file))
        };
        save().map_err(|source| fault(&path, source))
    }
}
