//! JSON: one object a line, or one document with the rows in `data.items`.

use std::path::{Path, PathBuf};

use crate::CityError;
use crate::source::csv::Stream;
use crate::source::layout::{Column, Compression, Holds, Layout, RowSink};
use crate::source::row::Row;

pub(crate) struct JsonSink {
    path: PathBuf,
    stream: Stream,
    columns: &'static [Column],
    /// The names as JSON texts.
    names: Vec<String>,
    is_lines: bool,
    is_first: bool,
    pending: String,
}

impl JsonSink {
    /// `lines` gives the compression of one object a line; without it a document is written.
    pub(crate) fn open(
        path: &Path,
        layout: &Layout,
        lines: Option<Compression>,
    ) -> Result<Self, CityError> {
        let mut sink = Self {
            path: path.to_owned(),
            stream: Stream::open(path, lines.unwrap_or(Compression::None))?,
            columns: layout.columns,
            names: layout
                .columns
                .iter()
                .map(|column| quoted(&column.name()))
                .collect(),
            is_lines: lines.is_some(),
            is_first: true,
            pending: String::with_capacity(1 << 16),
        };
        if !sink.is_lines {
            let title = quoted(layout.titles.first().map_or("", String::as_str));
            sink.pending.push_str(&format!(
                "{{\"code\":0,\"message\":{title},\"data\":{{\"items\":["
            ));
        }
        Ok(sink)
    }

    fn flush(&mut self) -> Result<(), CityError> {
        let result = self.stream.write(self.pending.as_bytes());
        self.pending.clear();
        result.map_err(|source| CityError::File {
            path: self.path.clone(),
            source,
        })
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl RowSink for JsonSink {
    fn write(&mut self, row: &Row) -> Result<(), CityError> {
        if !self.is_first && !self.is_lines {
            self.pending.push(',');
        }
        self.is_first = false;
        self.pending.push('{');
        for (place, (column, cell)) in self.columns.iter().zip(row.cells()).enumerate() {
            if place > 0 {
                self.pending.push(',');
            }
            self.pending.push_str(&self.names[place]);
            self.pending.push(':');
            match (cell.is_empty(), column.holds) {
                (true, _) => self.pending.push_str("null"),
                (false, Holds::Number | Holds::Truth) => self.pending.push_str(cell),
                (false, _)
                    if cell
                        .bytes()
                        .any(|byte| byte == b'"' || byte == b'\\' || byte < b' ') =>
                {
                    self.pending.push_str(&quoted(cell));
                }
                (false, _) => {
                    self.pending.push('"');
                    self.pending.push_str(cell);
                    self.pending.push('"');
                }
            }
        }
        self.pending.push('}');
        if self.is_lines {
            self.pending.push('\n');
        }
        if self.pending.len() >= 1 << 16 {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), CityError> {
        if !self.is_lines {
            self.pending.push_str("]}}");
        }
        self.flush()?;
        let path = self.path;
        self.stream
            .finish()
            .map_err(|source| CityError::File { path, source })
    }
}
