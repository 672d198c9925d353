//! Splitting text into records and fields.
//!
//! A field that begins with the quote runs to the next quote that is not doubled; in any other field a
//! quote is a character like others. A record ends at a line feed, with or without carriage returns before
//! it; in a file without any line feed, at a carriage return. Lines without a character are no records.
//!
//! The scan looks for delimiter and line end in eight bytes at a time; that is what makes it fast, and it
//! needs [`PADDING`](super::text::PADDING) readable bytes behind the text.

use sources::ByteSize;

use super::text::{Blemish, Text};
use crate::decode::encoding::hex;
use crate::decode::error::DecodeError;
use crate::decode::{RefusalRule, RefusedRow};

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

/// What a scan of the window found.
enum Scan {
    Record {
        end: usize,
        next: usize,
        lines: i64,
    },
    /// The window ends inside the record; inside a quoted field when `open` says where that begins.
    Incomplete {
        open: Option<usize>,
    },
    /// A quoted field over several lines with text behind its closing quote.
    Stray {
        open: usize,
        close: usize,
    },
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
}

/// Longest beginning of a row that is kept when the row is too long.
const RAW_HEAD: usize = 1 << 10;

const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ONES: u64 = 0x0101_0101_0101_0101;

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
        }
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

    /// Finds the fields of the record at `self.at`.
    ///
    /// `CR` says whether a carriage return alone ends a record; it is a type parameter so that the usual
    /// case compares with two bytes, not three.
    #[inline]
    fn scan<const CR: bool>(&mut self) -> Scan {
        let window = self.text.window();
        let end = self.text.end();
        let delimiter = self.dialect.delimiter;
        // Without a quote nothing equals it: no byte of UTF-8 is 0xFF.
        let quote = self.dialect.quote.unwrap_or(0xff);
        let needles = Needles::new(delimiter);
        let fields = &mut self.fields;
        fields.clear();
        let mut start = self.at;
        let mut lines = 1;
        let mut words = Words::at(window, start, needles, CR);
        loop {
            if start >= end {
                return Scan::Incomplete { open: None };
            }
            let at;
            if window[start] == quote {
                let (close, doubled) = match closing_quote(window, start + 1, end, quote) {
                    Some(found) => found,
                    None => return Scan::Incomplete { open: Some(start) },
                };
                if close + 1 >= end {
                    // The text ends with a line feed, so something must follow the quote.
                    return Scan::Incomplete { open: Some(start) };
                }
                words = Words::at(window, close + 1, needles, CR);
                at = words.next();
                if at >= end {
                    return Scan::Incomplete { open: None };
                }
                let inner_lines = count_lines::<CR>(&window[start + 1..close]);
                lines += inner_lines;
                let tail_end = trim_end_of_line::<CR>(window, close + 1, at);
                let form = if doubled || tail_end > close + 1 {
                    Form::Escaped
                } else {
                    Form::Plain
                };
                if tail_end > close + 1 && inner_lines > 0 {
                    return Scan::Stray { open: start, close };
                }
                let field_end = if form == Form::Plain {
                    close
                } else {
                    tail_end.max(close + 1)
                };
                fields.push(Field {
                    start: (start + 1) as u32,
                    end: field_end as u32,
                    form,
                });
            } else {
                at = words.next();
                if at >= end {
                    return Scan::Incomplete { open: None };
                }
                let field_end = if window[at] == delimiter {
                    at
                } else {
                    trim_end_of_line::<CR>(window, start, at)
                };
                fields.push(Field {
                    start: start as u32,
                    end: field_end as u32,
                    form: Form::Plain,
                });
            }
            if window[at] == delimiter {
                start = at + 1;
                continue;
            }
            let mut next = at + 1;
            if CR && window[at] == b'\r' {
                if next >= end && !self.text.is_over() {
                    return Scan::Incomplete { open: None };
                }
                next += usize::from(next < end && window[next] == b'\n');
            }
            let end_of_record = trim_end_of_line::<CR>(window, self.at, at);
            return Scan::Record {
                end: end_of_record,
                next,
                lines,
            };
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
            return too_long(span.line, length, self.max_row, self.raw(head));
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
                return Ok(too_long(line, length - 1, self.max_row, raw));
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

fn too_long(row: i64, length: u64, bound: ByteSize, raw: String) -> RefusedRow {
    let detail = format!(
        "the row is {length} bytes long; the bound is {bound} (`max_row` in the job's `format`)"
    );
    RefusedRow {
        sheet: None,
        row,
        rule: RefusalRule::RowTooLong,
        detail,
        raw,
    }
}

/// The bytes a scan looks for, each spread over a word.
#[derive(Clone, Copy)]
struct Needles {
    delimiter: u64,
}

impl Needles {
    fn new(delimiter: u8) -> Needles {
        Needles {
            delimiter: ONES * u64::from(delimiter),
        }
    }

    /// 0x80 in every byte of `word` that is a needle.
    #[inline(always)]
    fn find(self, word: u64, with_cr: bool) -> u64 {
        let mut none = not_zero(word ^ self.delimiter) & not_zero(word ^ (ONES * u64::from(b'\n')));
        if with_cr {
            none &= not_zero(word ^ (ONES * u64::from(b'\r')));
        }
        !(none | LOW_BITS)
    }
}

/// Positions of needles from a place in a window on.
struct Words<'a> {
    window: &'a [u8],
    needles: Needles,
    with_cr: bool,
    base: usize,
    found: u64,
}

impl<'a> Words<'a> {
    #[inline(always)]
    fn at(window: &'a [u8], from: usize, needles: Needles, with_cr: bool) -> Words<'a> {
        let found = needles.find(load(window, from), with_cr);
        Words {
            window,
            needles,
            with_cr,
            base: from,
            found,
        }
    }

    /// The next needle; beyond the window when there is none. May lie in the padding: check the end.
    #[inline(always)]
    fn next(&mut self) -> usize {
        while self.found == 0 {
            self.base += 8;
            if self.base >= self.window.len() {
                return self.window.len();
            }
            self.found = self
                .needles
                .find(load(self.window, self.base), self.with_cr);
        }
        let at = self.base + (self.found.trailing_zeros() / 8) as usize;
        self.found &= self.found - 1;
        at
    }
}

/// Eight bytes of the window, the first in the lowest place; zeros where the window ends.
#[inline(always)]
fn load(window: &[u8], at: usize) -> u64 {
    match window.get(at..at + 8) {
        Some(bytes) => u64::from_le_bytes([
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        ]),
        None => {
            let mut padded = [0; 8];
            let rest = window.get(at..).unwrap_or_default();
            padded[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(padded)
        }
    }
}

/// The quote that closes a field which starts at `from`, and whether doubled ones come before it. A quote at
/// the very end of the text may be the first of two and is given as closing only when more text follows.
#[inline]
fn closing_quote(window: &[u8], from: usize, end: usize, quote: u8) -> Option<(usize, bool)> {
    let mut at = from;
    let mut doubled = false;
    loop {
        at = find_byte(window, at, quote);
        if at >= end {
            return None;
        }
        if at + 1 < end && window[at + 1] == quote {
            doubled = true;
            at += 2;
            continue;
        }
        return Some((at, doubled));
    }
}

/// The first place of a byte from `from` on; beyond the window when there is none. May lie in the padding.
#[inline]
fn find_byte(window: &[u8], from: usize, byte: u8) -> usize {
    let needle = ONES * u64::from(byte);
    let mut base = from;
    while base < window.len() {
        let found = !(not_zero(load(window, base) ^ needle) | LOW_BITS);
        if found != 0 {
            return base + (found.trailing_zeros() / 8) as usize;
        }
        base += 8;
    }
    window.len()
}

/// A set top bit in every byte that is not zero.
///
/// Adding 0x7f to the low bits carries into the top bit unless they are zero; a byte is zero when neither
/// that carry nor its own top bit is set. Exact: no carry crosses a byte.
#[inline(always)]
fn not_zero(word: u64) -> u64 {
    ((word & LOW_BITS) + LOW_BITS) | word
}

/// Where text that ends at the line feed `at` really ends: before the carriage returns of that line end.
#[inline(always)]
fn trim_end_of_line<const CR: bool>(window: &[u8], start: usize, at: usize) -> usize {
    let mut end = at;
    if window[at] == b'\n' {
        while end > start && window[end - 1] == b'\r' {
            end -= 1;
        }
    }
    end
}

/// Line ends in the text of a quoted field.
#[inline]
fn count_lines<const CR: bool>(text: &[u8]) -> i64 {
    if !CR {
        return text.iter().filter(|byte| **byte == b'\n').count() as i64;
    }
    let mut lines = 0;
    for (at, byte) in text.iter().enumerate() {
        let is_end = match byte {
            b'\n' => at == 0 || text[at - 1] != b'\r',
            b'\r' => true,
            _ => false,
        };
        lines += i64::from(is_end);
    }
    lines
}

/// A walk through a record byte by byte that remembers where it is when the window moves on.
struct Walk {
    dialect: Dialect,
    state: WalkState,
    lines: i64,
    field: usize,
    lines_at_open: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WalkState {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
    /// A carriage return ended the record; a line feed behind it belongs to it.
    AfterCr,
}

impl Walk {
    fn new(dialect: Dialect) -> Walk {
        Walk {
            dialect,
            state: WalkState::FieldStart,
            lines: 0,
            field: 1,
            lines_at_open: 0,
        }
    }

    fn open_line(&self, first_line: i64) -> u64 {
        (first_line + self.lines_at_open) as u64
    }

    /// Bytes up to and including the end of the record, or `None` when it goes on.
    fn pass_record(&mut self, window: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < window.len() {
            let byte = window[at];
            match self.state {
                WalkState::AfterCr => return Some(at + usize::from(byte == b'\n')),
                WalkState::FieldStart if Some(byte) == self.dialect.quote => {
                    self.lines_at_open = self.lines;
                    self.state = WalkState::Quoted;
                    at += 1;
                }
                WalkState::QuoteInQuoted if Some(byte) == self.dialect.quote => {
                    self.state = WalkState::Quoted;
                    at += 1;
                }
                WalkState::FieldStart | WalkState::QuoteInQuoted => self.state = WalkState::Plain,
                WalkState::Quoted => at = self.pass_quoted(window, at),
                WalkState::Plain => {
                    at = Words::at(
                        window,
                        at,
                        Needles::new(self.dialect.delimiter),
                        self.dialect.ends_at_cr,
                    )
                    .next();
                    match window.get(at) {
                        None => return None,
                        Some(b'\n') => {
                            self.lines += 1;
                            return Some(at + 1);
                        }
                        Some(b'\r') if self.dialect.ends_at_cr => {
                            self.lines += 1;
                            self.state = WalkState::AfterCr;
                        }
                        Some(_) => {
                            self.field += 1;
                            self.state = WalkState::FieldStart;
                        }
                    }
                    at += 1;
                }
            }
        }
        None
    }

    /// Passes over the inside of a quoted field up to behind the next quote.
    fn pass_quoted(&mut self, window: &[u8], from: usize) -> usize {
        let Some(quote) = self.dialect.quote else {
            return window.len();
        };
        let mut words = Words::at(window, from, Needles::new(quote), self.dialect.ends_at_cr);
        loop {
            let at = words.next();
            match window.get(at) {
                None => return window.len(),
                Some(byte) if *byte == quote => {
                    self.state = WalkState::QuoteInQuoted;
                    return at + 1;
                }
                // The line feed of a pair is no line of its own where a carriage return ends lines.
                Some(b'\n') if self.dialect.ends_at_cr && at > 0 && window[at - 1] == b'\r' => {}
                Some(_) => self.lines += 1,
            }
        }
    }
}
