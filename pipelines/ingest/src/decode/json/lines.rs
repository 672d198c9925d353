//! NDJSON: one record a line.

use std::io::{BufRead, Read};

use serde::de::IgnoredAny;
use sources::ByteSize;

use super::{Element, Take};
use crate::decode::error::DecodeError;
use crate::decode::input::read_failed;
use crate::decode::worker::Flow;
use crate::decode::{RefusalRule, RefusedRow};

/// Longest beginning of a line that is kept when the line is too long.
const RAW_HEAD: usize = 1 << 10;

/// Gives the record of every line that is not blank to `take`.
pub(super) fn for_each(
    file: &str,
    mut reader: impl BufRead,
    max_row: ByteSize,
    take: &mut Take<'_>,
) -> Result<(), DecodeError> {
    let mut line = Vec::new();
    let mut byte: u64 = 0;
    let mut row = 0;
    loop {
        line.clear();
        let length = read_line(&mut reader, &mut line, max_row)
            .map_err(|error| read_failed(file, byte, error))?;
        if length == 0 {
            return Ok(());
        }
        row += 1;
        byte += length;
        let is_too_long = length > line.len() as u64;
        let bytes = if row == 1 {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line)
        } else {
            &line
        };
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        let text = if is_too_long {
            let raw = String::from_utf8_lossy(&bytes[..bytes.len().min(RAW_HEAD)]).into_owned();
            let detail = format!(
                "the line is {length} bytes long; the bound is {max_row} (`max_row` in the job's `format`)"
            );
            Err(RefusedRow {
                sheet: None,
                row: row as i64,
                rule: RefusalRule::RowTooLong,
                detail,
                raw,
            })
        } else {
            check(bytes, row as i64)
        };
        if take(Element {
            row,
            key: None,
            text,
        })? == Flow::Stop
        {
            return Ok(());
        }
    }
}

/// A line's text when it is UTF-8; whether an object is well formed shows when it is read, what is no object
/// is told here from what is no JSON.
fn check(bytes: &[u8], row: i64) -> Result<&str, RefusedRow> {
    let refused = |rule, detail: String| RefusedRow {
        sheet: None,
        row,
        rule,
        detail,
        raw: String::from_utf8_lossy(bytes).into_owned(),
    };
    if bytes.contains(&0) {
        return Err(refused(
            RefusalRule::NulByte,
            "the line holds a NUL byte".to_owned(),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        refused(
            RefusalRule::Undecodable,
            format!("byte {} of the line is not UTF-8", error.valid_up_to()),
        )
    })?;
    if text.starts_with('{') {
        return Ok(text);
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(text),
        Err(error) => Err(refused(RefusalRule::InvalidJson, error.to_string())),
    }
}

/// Reads a line with its end, keeping at most `max_row` bytes and one more; gives its whole length.
fn read_line(
    reader: &mut impl BufRead,
    line: &mut Vec<u8>,
    max_row: ByteSize,
) -> std::io::Result<u64> {
    let bound = max_row.as_bytes() + 1;
    let mut length = reader.by_ref().take(bound).read_until(b'\n', line)? as u64;
    while length >= bound && line.last() != Some(&b'\n') || length > line.len() as u64 {
        let rest = reader.fill_buf()?;
        if rest.is_empty() {
            break;
        }
        let end = rest.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(rest.len(), |at| at + 1);
        reader.consume(taken);
        length += taken as u64;
        if end.is_some() {
            break;
        }
    }
    Ok(length)
}
