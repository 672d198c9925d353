//! How a file is delimited, found out from its beginning.

use std::collections::HashMap;
use std::io::Cursor;

use encoding_rs::UTF_8;

use super::records::{Dialect, Records, Step};
use super::text::Text;
use super::top;
use crate::decode::error::DecodeError;
use crate::decode::{LineEnd, MAX_ROW};
use crate::format::{Delimiter, Format, Quote};

/// Records that are looked at.
const RECORDS_TRIED: usize = 200;

/// What a beginning of text tells.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) dialect: Dialect,
    pub(super) line_end: LineEnd,
    /// Most fields a record of the beginning has; at least one.
    pub(super) width: usize,
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it.
pub(super) fn named_in_first_line(sample: &str) -> Option<Delimiter> {
    let line = sample.lines().next()?.trim_matches('"');
    let (key, value) = line.split_once('=')?;
    let [byte] = value.as_bytes() else {
        return None;
    };
    let is_delimiter = !byte.is_ascii_alphanumeric() && byte.is_ascii();
    (key.eq_ignore_ascii_case("sep") && is_delimiter).then(|| Delimiter::of_byte(*byte))
}

/// Finds out how `sample`, the beginning of a file, is delimited.
pub(super) fn find(
    file: &str,
    sample: &str,
    format: &Format,
    delimiter: Option<Delimiter>,
) -> Found {
    let quote = format.quote.unwrap_or(Quote::DOUBLE).byte();
    let line_end = line_end(sample.as_bytes(), quote);
    let dialect = |delimiter: Delimiter| Dialect {
        delimiter: delimiter.byte(),
        quote: quote.filter(|quote| *quote != delimiter.byte()),
        ends_at_cr: line_end == LineEnd::Cr,
    };
    let look = |delimiter: Delimiter| {
        let dialect = dialect(delimiter);
        (dialect, Looks::of(file, sample, format, dialect))
    };
    let (dialect, looks) = match delimiter {
        Some(declared) => look(declared),
        None => {
            // `max_by_key` keeps the last of equals; the most usual delimiter is tried first.
            let tried = Delimiter::TRIED.into_iter().rev().map(look);
            tried
                .max_by_key(|(_, looks)| looks.rank())
                .unwrap_or_else(|| look(Delimiter::COMMA))
        }
    };
    Found {
        dialect,
        line_end,
        width: looks.width.max(1),
    }
}

/// What the records of a beginning look like under one delimiter.
#[derive(Debug, Default)]
struct Looks {
    /// Fields most records have.
    usual: usize,
    /// Records with that many, in twentieths of all.
    agreeing: usize,
    /// Whether the first record has that many.
    header_agrees: bool,
    /// Most fields of a record.
    width: usize,
}

impl Looks {
    fn of(file: &str, sample: &str, format: &Format, dialect: Dialect) -> Looks {
        let counts = field_counts(file, sample, format, dialect).unwrap_or_default();
        let mut frequency: HashMap<usize, usize> = HashMap::new();
        for count in &counts {
            *frequency.entry(*count).or_default() += 1;
        }
        let Some((usual, records)) = frequency
            .into_iter()
            .max_by_key(|(count, records)| (*records, *count))
        else {
            return Looks::default();
        };
        Looks {
            usual,
            agreeing: records * 20 / counts.len(),
            header_agrees: counts.first() == Some(&usual),
            width: counts.iter().copied().max().unwrap_or(0),
        }
    }

    /// Larger is more likely the delimiter: it splits at all, splits the header like the rows, splits the
    /// rows alike, and splits them into more.
    fn rank(&self) -> (bool, bool, usize, usize) {
        (
            self.usual > 1,
            self.header_agrees,
            self.agreeing,
            self.usual,
        )
    }
}

/// How many fields each of the first records has, from the header on.
fn field_counts(
    file: &str,
    sample: &str,
    format: &Format,
    dialect: Dialect,
) -> Result<Vec<usize>, DecodeError> {
    let bytes = Cursor::new(sample.as_bytes().to_vec());
    let text = Text::new(file.to_owned(), Box::new(bytes), UTF_8, 0)?;
    let mut records = Records::new(file.to_owned(), text, dialect, MAX_ROW);
    top::skip_to_header(&mut records, file, format)?;
    let mut counts = Vec::new();
    while counts.len() < RECORDS_TRIED {
        match records.step() {
            Ok(Step::Record(_)) => counts.push(records.fields().len()),
            Ok(Step::Refused(_)) => {}
            // A sample may end inside a quoted field.
            Ok(Step::End) | Err(_) => break,
        }
    }
    Ok(counts)
}

/// The line end of the first line that ends outside quotes; a carriage return counts only where there is
/// no line feed at all.
fn line_end(sample: &[u8], quote: Option<u8>) -> LineEnd {
    let mut is_quoted = false;
    let mut has_cr = false;
    for (at, byte) in sample.iter().enumerate() {
        match *byte {
            byte if Some(byte) == quote => is_quoted = !is_quoted,
            b'\n' if !is_quoted => {
                return if at > 0 && sample[at - 1] == b'\r' {
                    LineEnd::CrLf
                } else {
                    LineEnd::Lf
                };
            }
            b'\r' if !is_quoted => has_cr = true,
            _ => {}
        }
    }
    if has_cr { LineEnd::Cr } else { LineEnd::Lf }
}
