//! Delimited text, in the encodings and with the line ends that systems use.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::CityError;
use crate::source::create;
use crate::source::layout::{Compression, Encoding, Layout, RowSink};
use crate::source::row::Row;

/// A compressed or plain stream into a file.
pub(crate) enum Stream {
    Plain(BufWriter<File>),
    Gzip(Box<flate2::write::GzEncoder<BufWriter<File>>>),
    Zstd(Box<zstd::Encoder<'static, BufWriter<File>>>),
}

impl Stream {
    pub(crate) fn open(path: &Path, compression: Compression) -> Result<Self, CityError> {
        let file = BufWriter::with_capacity(1 << 18, create(path)?);
        Ok(match compression {
            Compression::None => Self::Plain(file),
            // Level 1: these files are read once. The header carries no time, so bytes repeat.
            Compression::Gzip => Self::Gzip(Box::new(flate2::write::GzEncoder::new(
                file,
                flate2::Compression::fast(),
            ))),
            Compression::Zstd => {
                Self::Zstd(Box::new(zstd::Encoder::new(file, 1).map_err(|source| {
                    CityError::File {
                        path: PathBuf::from(path),
                        source,
                    }
                })?))
            }
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Gzip(file) => file.write_all(bytes),
            Self::Zstd(file) => file.write_all(bytes),
        }
    }

    pub(crate) fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Plain(mut file) => file.flush(),
            Self::Gzip(file) => file.finish()?.flush(),
            Self::Zstd(file) => file.finish()?.flush(),
        }
    }
}

pub(crate) struct CsvSink {
    path: PathBuf,
    stream: Stream,
    encoding: Encoding,
    delimiter: u8,
    line_end: &'static str,
    footer: Option<Row>,
    /// Text not yet encoded.
    pending: String,
}

impl CsvSink {
    pub(crate) fn open(
        path: &Path,
        layout: &Layout,
        encoding: Encoding,
        delimiter: u8,
        line_end: &'static str,
        compression: Compression,
    ) -> Result<Self, CityError> {
        let mut sink = Self {
            path: path.to_owned(),
            stream: Stream::open(path, compression)?,
            encoding,
            delimiter,
            line_end,
            footer: layout.footer.clone(),
            pending: String::with_capacity(1 << 16),
        };
        if encoding == Encoding::Utf8Mark {
            sink.pending.push('\u{feff}');
        }
        for title in &layout.titles {
            sink.cell(title);
            // Title rows have as many cells as the table, as spreadsheets save them.
            for _ in 1..layout.columns.len() {
                sink.pending.push(char::from(delimiter));
            }
            sink.end_line()?;
        }
        if layout.has_groups() {
            let mut groups = Row::default();
            let mut last = "";
            for column in layout.columns {
                groups.text(if column.group == last {
                    ""
                } else {
                    column.group
                });
                last = column.group;
            }
            sink.line(&groups)?;
        }
        let mut header = Row::default();
        for column in layout.columns {
            header.text(column.title);
        }
        sink.line(&header)?;
        Ok(sink)
    }

    fn cell(&mut self, cell: &str) {
        let delimiter = char::from(self.delimiter);
        if cell.contains(['"', '\n', '\r']) || cell.contains(delimiter) {
            self.pending.push('"');
            self.pending.push_str(&cell.replace('"', "\"\""));
            self.pending.push('"');
        } else {
            self.pending.push_str(cell);
        }
    }

    fn line(&mut self, row: &Row) -> Result<(), CityError> {
        for (place, cell) in row.cells().enumerate() {
            if place > 0 {
                self.pending.push(char::from(self.delimiter));
            }
            self.cell(cell);
        }
        self.end_line()
    }

    fn end_line(&mut self) -> Result<(), CityError> {
        self.pending.push_str(self.line_end);
        if self.pending.len() >= 1 << 16 {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), CityError> {
        let result = match self.encoding {
            Encoding::Gbk => {
                let (bytes, _, _) = encoding_rs::GBK.encode(&self.pending);
                self.stream.write(&bytes)
            }
            Encoding::Utf8 | Encoding::Utf8Mark => self.stream.write(self.pending.as_bytes()),
        };
        self.pending.clear();
        result.map_err(|source| CityError::File {
            path: self.path.clone(),
            source,
        })
    }
}

impl RowSink for CsvSink {
    fn write(&mut self, row: &Row) -> Result<(), CityError> {
        self.line(row)
    }

    fn finish(mut self: Box<Self>) -> Result<(), CityError> {
        if let Some(footer) = self.footer.take() {
            self.line(&footer)?;
        }
        self.flush()?;
        let path = self.path;
        self.stream
            .finish()
            .map_err(|source| CityError::File { path, source })
    }
}
