//! How a file looks: its format, its titles, its columns.

use std::path::Path;

use crate::CityError;
use crate::source::row::Row;
use crate::source::{csv, json, xlsx};

/// What a cell holds, where the format can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text, also numbers that are names (codes, plates).
    Text,
    /// A number.
    Number,
    /// A day, given as `2024-01-31`; workbooks store it as a day number.
    Day,
    /// `true` or `false`.
    Truth,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The heading.
    pub title: &'static str,
    /// The heading above it, over several columns; empty without one.
    pub group: &'static str,
    /// What its cells hold.
    pub holds: Holds,
}

/// A column of text.
pub(crate) const fn text(title: &'static str) -> Column {
    Column {
        title,
        group: "",
        holds: Holds::Text,
    }
}

/// A column of numbers.
pub(crate) const fn number(title: &'static str) -> Column {
    Column {
        title,
        group: "",
        holds: Holds::Number,
    }
}

/// A column of days.
pub(crate) const fn day(title: &'static str) -> Column {
    Column {
        title,
        group: "",
        holds: Holds::Day,
    }
}

/// A column of yes and no.
pub(crate) const fn truth(title: &'static str) -> Column {
    Column {
        title,
        group: "",
        holds: Holds::Truth,
    }
}

/// A column of numbers below a heading over several columns.
pub(crate) const fn under(group: &'static str, title: &'static str) -> Column {
    Column {
        title,
        group,
        holds: Holds::Number,
    }
}

/// A column of text below a heading over several columns.
pub(crate) const fn text_under(group: &'static str, title: &'static str) -> Column {
    Column {
        title,
        group,
        holds: Holds::Text,
    }
}

impl Column {
    /// The name after decoding: both headings joined.
    pub(crate) fn name(&self) -> String {
        if self.group.is_empty() {
            self.title.to_owned()
        } else {
            format!("{}_{}", self.group, self.title)
        }
    }
}

/// The character encoding of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Gbk,
    Utf8,
    Utf8Mark,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited text.
    Csv {
        encoding: Encoding,
        delimiter: u8,
        line_end: &'static str,
        compression: Compression,
    },
    /// A workbook with one sheet of this name.
    Xlsx { sheet: &'static str },
    /// One JSON object a line.
    Ndjson { compression: Compression },
    /// One JSON document with the rows in `data.items`.
    Json,
}

/// GBK with commas and Windows line ends: what most of the city's systems export.
pub(crate) const GBK: Format = Format::Csv {
    encoding: Encoding::Gbk,
    delimiter: b',',
    line_end: "\r\n",
    compression: Compression::None,
};

/// How a file looks.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Its format.
    pub format: Format,
    /// Rows above the header, each one cell; merged over the table in workbooks.
    pub titles: Vec<String>,
    /// Its columns.
    pub columns: &'static [Column],
    /// A last row such as `合计`, cells by column, which the job leaves out.
    pub footer: Option<Row>,
}

impl Layout {
    /// A file without titles.
    pub(crate) const fn plain(format: Format, columns: &'static [Column]) -> Self {
        Self {
            format,
            titles: Vec::new(),
            columns,
            footer: None,
        }
    }

    /// Whether the header takes two rows.
    pub(crate) fn has_groups(&self) -> bool {
        self.columns.iter().any(|column| !column.group.is_empty())
    }

    /// The number of the first row of data, counted from 1.
    pub(crate) fn first_row(&self) -> u64 {
        match self.format {
            Format::Ndjson { .. } | Format::Json => 1,
            Format::Csv { .. } | Format::Xlsx { .. } => {
                self.titles.len() as u64 + if self.has_groups() { 3 } else { 2 }
            }
        }
    }

    /// The place of a column by the name it has after decoding.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// Opens a file of this layout.
    pub(crate) fn open(&self, path: &Path) -> Result<Box<dyn RowSink>, CityError> {
        Ok(match self.format {
            Format::Csv {
                encoding,
                delimiter,
                line_end,
                compression,
            } => Box::new(csv::CsvSink::open(
                path,
                self,
                encoding,
                delimiter,
                line_end,
                compression,
            )?),
            Format::Xlsx { sheet } => Box::new(xlsx::XlsxSink::open(path, self, sheet)?),
            Format::Ndjson { compression } => {
                Box::new(json::JsonSink::open(path, self, Some(compression))?)
            }
            Format::Json => Box::new(json::JsonSink::open(path, self, None)?),
        })
    }
}

/// A file that takes rows.
pub(crate) trait RowSink {
    /// Writes a row of data.
    fn write(&mut self, row: &Row) -> Result<(), CityError>;
    /// Writes what comes after the rows and closes the file.
    fn finish(self: Box<Self>) -> Result<(), CityError>;
}
