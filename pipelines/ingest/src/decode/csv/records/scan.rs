//! Finding the fields of one record in the window.

use super::bytes::{Needles, Words, closing_quote, count_lines, trim_end_of_line};
use super::{Field, Form, Records};

/// What a scan of the window found.
pub(super) enum Scan {
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

impl Records {
    /// Finds the fields of the record at `self.at`.
    ///
    /// `CR` says whether a carriage return alone ends a record; it is a type parameter so that the usual
    /// case compares with two bytes, not three.
    #[inline]
    pub(super) fn scan<const CR: bool>(&mut self) -> Scan {
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
}
