//! Passing over a record that is too long to keep.

use super::Dialect;
use super::bytes::{Needles, Words};

/// A walk through a record byte by byte that remembers where it is when the window moves on.
pub(super) struct Walk {
    dialect: Dialect,
    state: WalkState,
    pub(super) lines: i64,
    pub(super) field: usize,
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
    pub(super) fn new(dialect: Dialect) -> Walk {
        Walk {
            dialect,
            state: WalkState::FieldStart,
            lines: 0,
            field: 1,
            lines_at_open: 0,
        }
    }

    pub(super) fn open_line(&self, first_line: i64) -> u64 {
        (first_line + self.lines_at_open) as u64
    }

    /// Whether it is inside a quoted field.
    pub(super) fn is_quoted(&self) -> bool {
        self.state == WalkState::Quoted
    }

    /// Bytes up to and including the end of the record, or `None` when it goes on.
    pub(super) fn pass_record(&mut self, window: &[u8]) -> Option<usize> {
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
