//! Delimited text: CSV and TSV in any encoding.
//!
//! `dialect` finds out how the file is delimited, `text` makes UTF-8 of its bytes, `records` splits that
//! into records and fields, `top` reads the header, and here the records become batches.

mod dialect;
mod records;
mod text;
mod top;

use super::encoding;
use super::error::DecodeError;
use super::input::Object;
use super::rows::{Place, Rows};
use super::{Decoded, DecodedBatch, Detected, MAX_ROW, RefusalRule, RefusedRow};
use crate::format::{Delimiter, Format, Header, Kind, ShortRows};
use records::{Field, Form, Records, Span, Step};
use sources::ByteSize;
use text::Text;

/// Bound on the bound on rows: places in the window are kept in 32 bits.
const LONGEST_MAX_ROW: ByteSize = ByteSize::gib(1);

pub(super) fn decode(
    object: Object,
    kind: Kind,
    format: &Format,
    batch_rows: usize,
) -> Result<Decoded, DecodeError> {
    let file = object.name.clone();
    let encoding = encoding::settle(&object, format.encoding)?;
    let sample = sample(&object, encoding);
    let size = object.head.len() as u64;
    if object.head_is_all && sample.trim().is_empty() {
        return Err(DecodeError::Empty { file, bytes: size });
    }
    let hint = dialect::named_in_first_line(&sample);
    let format = &past_hint(format, hint.is_some());
    let declared = format
        .delimiter
        .or(hint)
        .or((kind == Kind::Tsv).then_some(Delimiter::TAB));
    let found = dialect::find(&file, &sample, format, declared);

    let prefix = object.prefix.clone();
    let text = Text::new(
        file.clone(),
        object.into_stream(),
        encoding.encoding,
        encoding.mark_bytes,
    )?;
    let max_row = format.max_row.unwrap_or(MAX_ROW).min(LONGEST_MAX_ROW);
    let mut records = Records::new(file.clone(), text, found.dialect, max_row);
    let top = top::read(&mut records, &file, format, found.width)?;

    let rows = Rows::new(
        file.clone(),
        &top.columns,
        Place::new(&prefix, None, batch_rows),
        batch_rows,
    );
    let mut notes = Vec::new();
    if records.is_at_end()? {
        notes.push("the file holds a header and no rows".to_owned());
    }
    Ok(Decoded {
        detected: Detected {
            kind,
            encoding: Some(encoding::label(encoding.encoding)),
            encoding_by: Some(encoding.by),
            delimiter: Some(Delimiter::of_byte(found.dialect.delimiter).to_string()),
            line_end: Some(found.line_end),
            sheet: None,
            header_row: top.header_row,
            columns: top.columns,
            notes,
        },
        schema: rows.schema(),
        batches: Box::new(Batches {
            file,
            records,
            rows,
            until: format.until.clone(),
            short_rows: format.short_rows,
            is_over: false,
        }),
    })
}

/// The format with the line of Excel's hint left out, unless the job counts rows itself.
fn past_hint(format: &Format, has_hint: bool) -> Format {
    let mut format = format.clone();
    let counts_rows = matches!(format.header, Some(Header::Row(_) | Header::Rows(_)));
    if has_hint && format.skip_rows == 0 && !counts_rows {
        format.skip_rows = 1;
    }
    format
}

/// The head as text, whole lines only.
fn sample(object: &Object, settled: encoding::Settled) -> String {
    let bytes = &object.head[settled.mark_bytes..];
    let mut text = settled
        .encoding
        .decode_without_bom_handling(bytes)
        .0
        .into_owned();
    if !object.head_is_all {
        let end = text.rfind(['\n', '\r']).map_or(text.len(), |at| at + 1);
        text.truncate(end);
    }
    text
}

/// The batches of a file.
struct Batches {
    file: String,
    records: Records,
    rows: Rows,
    until: Option<String>,
    short_rows: ShortRows,
    is_over: bool,
}

impl Iterator for Batches {
    type Item = Result<DecodedBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.is_over
            && let Err(error) = self.fill()
        {
            self.is_over = true;
            return Some(Err(error));
        }
        if self.rows.is_empty() {
            None
        } else {
            Some(self.rows.take())
        }
    }
}

impl Batches {
    /// Reads records until a batch is full or the file is over.
    fn fill(&mut self) -> Result<(), DecodeError> {
        while !self.rows.is_full() {
            match self.records.step()? {
                Step::Record(span) => {
                    if self.until.is_some() && self.is_marker() {
                        self.is_over = true;
                        return Ok(());
                    }
                    self.add(span);
                }
                Step::Refused(row) => self.rows.refuse(row),
                Step::End => {
                    self.is_over = true;
                    return match self.until.take() {
                        None => Ok(()),
                        Some(marker) => Err(DecodeError::NoMarker {
                            file: self.file.clone(),
                            sheet: None,
                            key: "until",
                            marker,
                            rows: (self.records.line() - 1) as u64,
                        }),
                    };
                }
            }
        }
        Ok(())
    }

    /// Whether the record's only content is the marker of the end.
    fn is_marker(&self) -> bool {
        let Some(marker) = &self.until else {
            return false;
        };
        let Some((first, rest)) = self.records.fields().split_first() else {
            return false;
        };
        rest.iter().all(|field| is_empty(*field))
            && self.records.field_text(*first).trim() == marker.trim()
    }

    #[inline]
    fn add(&mut self, span: Span) {
        let fields = self.records.fields();
        if fields.iter().all(|field| is_empty(*field)) {
            return self.rows.pass_over_blank();
        }
        let window = self.records.window();
        let columns = self.rows.columns();
        if fields.len() > columns.len()
            && !fields[columns.len()..].iter().all(|field| is_empty(*field))
        {
            return self.refuse_uneven(span);
        }
        let is_short = fields.len() < columns.len();
        if is_short && self.short_rows == ShortRows::Refuse {
            return self.refuse_uneven(span);
        }
        let mut fields = fields.iter();
        for column in columns {
            match fields.next() {
                Some(Field {
                    start,
                    end,
                    form: Form::Plain,
                }) => {
                    column.push(&window[*start as usize..*end as usize]);
                }
                Some(field) => column.push_with(|into| self.records.unescape(*field, into)),
                None => column.push_null(),
            }
        }
        self.rows.end_row(span.line, span.end - span.start);
        if is_short {
            self.rows.note_short();
        }
    }

    #[cold]
    fn refuse_uneven(&mut self, span: Span) {
        let fields = self.records.fields();
        let width = self.rows.columns().len();
        let beyond = fields.get(width..).unwrap_or_default();
        let detail = if beyond.is_empty() {
            format!(
                "the row has {} fields, the header {width}: a delimiter is missing, or the end of the row",
                fields.len()
            )
        } else {
            let texts = beyond.iter().map(|field| self.records.field_text(*field));
            format!(
                "the row has {} fields, the header {width}; beyond it stands `{}`",
                fields.len(),
                texts.collect::<Vec<_>>().join("`, `")
            )
        };
        let raw = self.records.raw(span);
        self.rows.refuse(RefusedRow {
            sheet: None,
            row: span.line,
            rule: RefusalRule::UnevenRow,
            detail,
            raw,
        });
    }
}

/// Whether a field is empty; an escaped one holds at least the quote that made it so.
#[inline]
fn is_empty(field: Field) -> bool {
    field.start >= field.end
}
