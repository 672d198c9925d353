//! Splitting text into records and fields.
//!
//! A field that begins with the quote runs to the next quote that is not doubled; in any other field a
//! quote is a character like others. A record ends at a line feed, with or without carriage returns before
//! it; in a file without any line feed, at a carriage return. Lines without a character are no records.
//!
//! The scan looks for delimiter and line end in eight bytes at a time; that is what makes it fast, and it
//! needs [`PADDING`](super::text::PADDING) readable bytes behind the text.

mod bytes;
mod scan;
mod walk;

use sources::ByteSize;

use super::text::{Blemish, Text};
use crate::decode::encoding::hex;
use crate::decode::error::DecodeError;
use crate::decode::{RefusalRule, RefusedRow};
use bytes::count_lines;
use scan::Scan;
use walk::Walk;

/// How fields and records are delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    /// Whether a carriage return alone ends a record.
    pub(super) ends_at_cr: bool,
}

/// Where a field lies in the window, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) form: Form,
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// In quotes some of which are doubled, or with text behind the closing quote; the field's span then
    /// starts after the opening quote and ends at the delimiter.
    Escaped,
}

/// One step through the records.
#[derive(Debug)]
pub(super) enum Step {
    /// A record; its fields are in [`Records::fields`].
    Record(Span),
    /// A record that cannot be read.
    Refused(RefusedRow),
    /// No more records.
    End,
}

/// Where a record lies in the window, without its line end, and the line it starts on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: i64,
}

/// Records of a text.
pub(super) struct Records {
    file: String,
    text: Text,
    dialect: Dialect,
    max_row: ByteSize,
    /// Where the next record starts in the window, and on which line.
    at: usize,
    line: i64,
    fields: Vec<Field>,
    /// Whether a record that is too long is refused without reading on to its end, because nothing
    /// behind it could be used: so with the header.
    stops_at_long: bool,
}

/// Longest beginning of a row that is kept when the row is too long.
const RAW_HEAD: usize = 1 << 10;

impl Records {
    pub(super) fn new(file: String, text: Text, dialect: Dialect, max_row: ByteSize) -> Records {
        Records {
            file,
            text,
            dialect,
            max_row,
            at: 0,
            line: 1,
            fields: Vec::new(),
            stops_at_long: false,
        }
    }

    /// Says whether what follows can be used without the next record.
    pub(super) fn stop_at_long(&mut self, stops: bool) {
        self.stops_at_long = stops;
    }

    /// The fields of the record of the last step.
    #[inline]
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The window the spans and fields of the last step refer to.
    #[inline]
    pub(super) fn window(&self) -> &[u8] {
        self.text.window()
    }

    /// The line the next record starts on.
    pub(super) fn line(&self) -> i64 {
        self.line
    }

    /// A record's text as it is in the file.
    pub(super) fn raw(&self, span: Span) -> String {
        String::from_utf8_lossy(&self.text.window()[span.start..span.end]).into_owned()
    }

    /// The text of a field, unescaped.
    pub(super) fn field_text(&self, field: Field) -> String {
        let mut bytes = Vec::new();
        match field.form {
            Form::Plain => {
                bytes.extend_from_slice(&self.window()[field.start as usize..field.end as usize])
            }
            Form::Escaped => self.unescape(field, &mut bytes),
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Appends an escaped field's content: doubled quotes become one, the closing quote goes, what follows
    /// it stays.
    pub(super) fn unescape(&self, field: Field, into: &mut Vec<u8>) {
        let Some(quote) = self.dialect.quote else {
            return;
        };
        let mut bytes = self.window()[field.start as usize..field.end as usize]
            .iter()
            .copied();
        while let Some(byte) = bytes.next() {
            if byte != quote {
                into.push(byte);
                continue;
            }
            match bytes.next() {
                Some(next) if next == quote => into.push(quote),
                other => {
                    into.extend(other);
                    into.extend(bytes);
                    return;
                }
            }
        }
    }

    /// Takes the next record.
    #[inline]
    pub(super) fn step(&mut self) -> Result<Step, DecodeError> {
        loop {
            let scan = match self.dialect.ends_at_cr {
                false => self.scan::<false>(),
                true => self.scan::<true>(),
            };
            match scan {
                Scan::Record { end, next, lines } => {
                    let span = Span {
                        start: self.at,
                        end,
                        line: self.line,
                    };
                    self.at = next;
                    self.line += lines;
                    if self.text.is_blemished_before(next)
                        || (end - span.start) as u64 > self.max_row.as_bytes()
                    {
                        return Ok(Step::Refused(self.refuse(span, next)));
                    }
                    if end > span.start {
                        return Ok(Step::Record(span));
                    }
                }
                Scan::Incomplete { open } => {
                    if self.text.is_over() {
                        match open {
                            Some(open) => return Err(self.unclosed(open)),
                            None => return Ok(Step::End),
                        }
                    }
                    if (self.text.end() - self.at) as u64 > self.max_row.as_bytes() {
                        return self.pass_over_long_record().map(Step::Refused);
                    }
                    self.text.advance(self.at, self.line)?;
                    self.at = 0;
                }
                Scan::Stray { open, close } => return Err(self.stray(open, close)),
            }
        }
    }

    /// Whether nothing but line ends follows.
    pub(super) fn is_at_end(&mut self) -> Result<bool, DecodeError> {
        loop {
            let rest = &self.text.window()[self.at..self.text.end()];
            if rest.iter().any(|byte| !matches!(byte, b'\n' | b'\r')) {
                return Ok(false);
            }
            if self.text.is_over() {
                return Ok(true);
            }
            self.text.advance(self.at, self.line)?;
            self.at = 0;
        }
    }

    /// Takes the next line without looking at quotes, as text without its end; `None` at the end.
    pub(super) fn skip_line(&mut self) -> Result<Option<String>, DecodeError> {
        loop {
            let window = &self.text.window()[self.at..self.text.end()];
            let is_end = |byte: &u8| *byte == b'\n' || (self.dialect.ends_at_cr && *byte == b'\r');
            if let Some(length) = window.iter().position(is_end) {
                // A carriage return at the very end of the window may have its line feed in the next piece.
                if window[length] == b'\n' || length + 1 < window.len() || self.text.is_over() {
                    let line = String::from_utf8_lossy(&window[..length])
                        .trim_end_matches('\r')
                        .to_owned();
                    let is_pair = window[length] == b'\r' && window.get(length + 1) == Some(&b'\n');
                    self.at += length + 1 + usize::from(is_pair);
                    self.line += 1;
                    self.text.take_blemishes_before(self.at);
                    return Ok(Some(line));
                }
            } else if self.text.is_over() {
                return Ok(None);
            } else if window.len() as u64 > self.max_row.as_bytes() {
                let refused = self.pass_over_long_record()?;
                return Ok(Some(refused.raw));
            }
            self.text.advance(self.at, self.line)?;
            self.at = 0;
        }
    }

    #[cold]
    fn refuse(&mut self, span: Span, next: usize) -> RefusedRow {
        let length = (span.end - span.start) as u64;
        if length > self.max_row.as_bytes() {
            self.text.take_blemishes_before(next);
            let head = Span {
                end: span.start + RAW_HEAD.min(span.end - span.start),
                ..span
            };
            return too_long(span.line, Some(length), self.max_row, self.raw(head));
        }
        let (rule, detail) = match self.text.take_blemishes_before(next) {
            Some(Blemish::Malformed {
                byte,
                bytes,
                length,
            }) => (
                RefusalRule::Undecodable,
                format!(
                    "byte {byte} of the file: {} is no character of its encoding",
                    hex(&bytes[..usize::from(length)])
                ),
            ),
            _ => (RefusalRule::NulByte, "the row holds a NUL byte".to_owned()),
        };
        RefusedRow {
            sheet: None,
            row: span.line,
            rule,
            detail,
            raw: self.raw(span),
        }
    }

    /// Reads on to the end of a record that is too long, keeping nothing but its beginning.
    #[cold]
    fn pass_over_long_record(&mut self) -> Result<RefusedRow, DecodeError> {
        let line = self.line;
        let head_end = self.at + RAW_HEAD.min(self.text.end() - self.at);
        let raw = self.raw(Span {
            start: self.at,
            end: head_end,
            line,
        });
        if self.stops_at_long {
            return Ok(too_long(line, None, self.max_row, raw));
        }
        let mut walk = Walk::new(self.dialect);
        let mut length: u64 = 0;
        loop {
            let window = &self.text.window()[self.at..self.text.end()];
            let walked = walk.pass_record(window);
            let taken = walked.unwrap_or(window.len());
            length += taken as u64;
            self.at += taken;
            self.text.take_blemishes_before(self.at);
            if walked.is_some() {
                self.line += walk.lines;
                return Ok(too_long(line, Some(length - 1), self.max_row, raw));
            }
            if self.text.is_over() && !walk.is_quoted() {
                // All of it was passed over before the end was found, so no line end was added.
                return Ok(too_long(line, Some(length), self.max_row, raw));
            }
            if self.text.is_over() {
                return Err(DecodeError::UnclosedQuote {
                    file: self.file.clone(),
                    line: walk.open_line(line),
                    field: walk.field,
                });
            }
            self.text.advance(self.at, self.line)?;
            self.at = 0;
        }
    }

    #[cold]
    fn unclosed(&self, open: usize) -> DecodeError {
        DecodeError::UnclosedQuote {
            file: self.file.clone(),
            line: self.line_of(open),
            field: self.fields.len() + 1,
        }
    }

    #[cold]
    fn stray(&self, open: usize, close: usize) -> DecodeError {
        let window = self.text.window();
        let tail = &window[close + 1..self.text.end().min(close + 41)];
        let tail = tail
            .split(|byte| *byte == b'\n' || *byte == b'\r')
            .next()
            .unwrap_or_default();
        DecodeError::StrayQuote {
            file: self.file.clone(),
            line: self.line_of(open),
            field: self.fields.len() + 1,
            closed_line: self.line_of(close),
            text: String::from_utf8_lossy(tail)
                .trim_end_matches('\u{fffd}')
                .to_owned(),
        }
    }

    fn line_of(&self, at: usize) -> u64 {
        let text = &self.text.window()[self.at..at];
        let lines = match self.dialect.ends_at_cr {
            false => count_lines::<false>(text),
            true => count_lines::<true>(text),
        };
        (self.line + lines) as u64
    }
}

/// `length` is unknown where nobody has read on to the row's end.
fn too_long(row: i64, length: Option<u64>, bound: ByteSize, raw: String) -> RefusedRow {
    let detail = match length {
        Some(length) => format!("the row is {length} bytes long; the bound is {bound}"),
        None => format!("the row is longer than {bound}, the bound"),
    } + " (`max_row` in the job's `format`)";
    RefusedRow {
        sheet: None,
        row,
        rule: RefusalRule::RowTooLong,
        detail,
        raw,
    }
}
