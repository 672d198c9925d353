//! Text to values: one reader a column, one pass a batch.
//!
//! What a select computes itself (a number, a date, a boolean) is taken as it is when it has the
//! column's type already, and by way of its text otherwise: there is one place where values are read.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder,
    StringArray, StringBuilder, TimestampMicrosecondBuilder, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::array_value_to_string;
use contracts::parse::{
    DateParser, DecimalParser, Missing, NumberRules, TimestampParser, ValueError, boolean, integer,
    month,
};
use contracts::{Column, LogicalType};

use super::fault::Faults;
use crate::error::{Doing, IngestError};
use crate::job::Reading;

/// Reads the values of one column.
pub(super) struct Reader {
    data_type: DataType,
    kind: Kind,
    /// Whether values that are not text still have to be converted to the column's unit.
    converts: bool,
}

enum Kind {
    Text,
    Month(Missing),
    Integer(DecimalParser),
    Decimal(DecimalParser),
    Boolean(Missing),
    Date(DateParser),
    Timestamp(TimestampParser),
}

/// A column read.
pub(super) struct Read {
    pub values: ArrayRef,
    /// How many values lost digits.
    pub rounded: u64,
}

impl Reader {
    pub(super) fn new(column: &Column, reading: &Reading) -> Reader {
        let source_unit = reading.units.get(column.name.as_str());
        let rules = || NumberRules {
            missing: reading.missing_numbers.clone(),
            unit: column.unit.clone(),
            source_unit: source_unit.cloned(),
            decimal_comma: reading.decimal_comma,
            currency_signs: reading.currency.clone(),
        };
        let converted = "a job's units are of the dimension of their columns";
        let kind = match column.ty {
            LogicalType::Text if column.is_month() => Kind::Month(reading.missing.clone()),
            LogicalType::Text => Kind::Text,
            LogicalType::Integer => {
                Kind::Integer(DecimalParser::for_integers(rules()).expect(converted))
            }
            LogicalType::Decimal { precision, scale } => {
                Kind::Decimal(DecimalParser::new(precision, scale, rules()).expect(converted))
            }
            LogicalType::Boolean => Kind::Boolean(reading.missing.clone()),
            LogicalType::Date => Kind::Date(
                DateParser::new(reading.dates.clone(), reading.missing.clone())
                    .with_years(reading.years),
            ),
            LogicalType::Timestamp => Kind::Timestamp(
                TimestampParser::new(
                    reading.dates.clone(),
                    reading.zone,
                    reading.ambiguity,
                    reading.missing.clone(),
                )
                .with_years(reading.years),
            ),
        };
        Reader {
            data_type: column.data_type(),
            kind,
            converts: source_unit.is_some() && source_unit != column.unit.as_ref(),
        }
    }

    /// Whether values of this type can be read.
    pub(super) fn accepts(&self, found: &DataType) -> bool {
        use DataType::{
            Boolean, Date32, Date64, Dictionary, LargeUtf8, Null, Timestamp, Utf8, Utf8View,
        };
        match (&self.kind, found) {
            (_, Utf8 | LargeUtf8 | Utf8View | Null) => true,
            (_, Dictionary(_, value)) => self.accepts(value),
            (Kind::Text, found) => !found.is_nested() && !found.is_binary(),
            (Kind::Integer(_) | Kind::Decimal(_), found) => found.is_numeric(),
            (Kind::Boolean(_), found) => *found == Boolean || found.is_integer(),
            (Kind::Date(_) | Kind::Timestamp(_) | Kind::Month(_), found) => {
                matches!(found, Date32 | Date64 | Timestamp(..))
            }
        }
    }

    /// What the column holds, in words.
    pub(super) fn expected(&self) -> &'static str {
        match self.kind {
            Kind::Text => "text",
            Kind::Month(_) => "a month",
            Kind::Integer(_) => "a whole number",
            Kind::Decimal(_) => "a number",
            Kind::Boolean(_) => "true or false",
            Kind::Date(_) => "a date",
            Kind::Timestamp(_) => "a date and time",
        }
    }

    /// Reads a column; what cannot be read has no value and is noted under `column`.
    pub(super) fn read(
        &self,
        source: &ArrayRef,
        column: usize,
        faults: &mut Faults,
    ) -> Result<Read, IngestError> {
        let plain = |values| Ok(Read { values, rounded: 0 });
        if *source.data_type() == DataType::Null {
            return plain(new_null_array(&self.data_type, source.len()));
        }
        let is_text = matches!(self.kind, Kind::Text | Kind::Month(_));
        if *source.data_type() == self.data_type && !is_text && !self.converts {
            return plain(Arc::clone(source));
        }
        let source = as_text(source)?;
        let text = source.as_string::<i32>();
        Ok(match &self.kind {
            Kind::Text => Read {
                values: trimmed(text),
                rounded: 0,
            },
            Kind::Month(missing) => {
                let mut values = StringBuilder::with_capacity(text.len(), text.len() * 7);
                each(text, column, &self.data_type, faults, |cell| {
                    take(
                        cell,
                        |cell| month(cell, missing),
                        |value| {
                            values.append_option(value.map(|month| month.to_string()));
                        },
                    )
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded: 0,
                }
            }
            Kind::Integer(parser) => {
                let mut values = Int64Builder::with_capacity(text.len());
                each(text, column, &self.data_type, faults, |cell| {
                    take(
                        cell,
                        |cell| integer(cell, parser),
                        |value| values.append_option(value),
                    )
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded: 0,
                }
            }
            Kind::Decimal(parser) => {
                let mut values = Decimal128Builder::with_capacity(text.len())
                    .with_data_type(self.data_type.clone());
                let mut rounded = 0;
                each(text, column, &self.data_type, faults, |cell| {
                    take(
                        cell,
                        |cell| parser.parse(cell),
                        |value| {
                            rounded += u64::from(value.is_some_and(|value| value.is_rounded));
                            values.append_option(value.map(|value| value.unscaled));
                        },
                    )
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded,
                }
            }
            Kind::Boolean(missing) => {
                let mut values = BooleanBuilder::with_capacity(text.len());
                each(text, column, &self.data_type, faults, |cell| {
                    take(
                        cell,
                        |cell| boolean(cell, missing),
                        |value| values.append_option(value),
                    )
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded: 0,
                }
            }
            Kind::Date(parser) => {
                let mut values = Date32Builder::with_capacity(text.len());
                each(text, column, &self.data_type, faults, |cell| {
                    take(
                        cell,
                        |cell| parser.parse(cell),
                        |value| values.append_option(value),
                    )
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded: 0,
                }
            }
            Kind::Timestamp(parser) => {
                let mut values = TimestampMicrosecondBuilder::with_capacity(text.len())
                    .with_data_type(self.data_type.clone());
                // A collector reads all meters at the same moment.
                let mut last: (Option<&str>, Option<i64>) = (None, None);
                each(text, column, &self.data_type, faults, |cell| {
                    let read = match cell {
                        same if same == last.0 => Ok(last.1),
                        None => Ok(None),
                        Some(cell) => parser.parse(cell),
                    };
                    values.append_option(read.unwrap_or_default());
                    last = (cell, read?);
                    Ok(())
                });
                Read {
                    values: Arc::new(values.finish()),
                    rounded: 0,
                }
            }
        })
    }
}

/// The text of a value as the select gives it, for messages; `None` when there is none.
pub(super) fn raw(source: &ArrayRef, row: usize) -> Option<String> {
    source
        .is_valid(row)
        .then(|| array_value_to_string(source, row).unwrap_or_default())
}

/// Goes over the cells of a column and notes what is wrong.
#[inline]
fn each<'a>(
    text: &'a StringArray,
    column: usize,
    data_type: &DataType,
    faults: &mut Faults,
    mut read: impl FnMut(Option<&'a str>) -> Result<(), ValueError>,
) {
    for (row, cell) in text.iter().enumerate() {
        if let Err(error) = read(cell) {
            let cell = cell.unwrap_or_default();
            let mut detail = format!("`{cell}` is {error}");
            if error == ValueError::TooLarge
                && let DataType::Decimal128(precision, scale) = data_type
            {
                detail.push_str(&format!(", decimal({precision},{scale})"));
            }
            faults.add(row, Some(column), error.rule(), detail);
        }
    }
}

/// Reads one cell and appends its value, or nothing.
#[inline]
fn take<T>(
    cell: Option<&str>,
    parse: impl FnOnce(&str) -> Result<Option<T>, ValueError>,
    append: impl FnOnce(Option<T>),
) -> Result<(), ValueError> {
    match cell.map(parse).transpose() {
        Ok(value) => {
            append(value.flatten());
            Ok(())
        }
        Err(error) => {
            append(None);
            Err(error)
        }
    }
}

fn as_text(source: &ArrayRef) -> Result<ArrayRef, IngestError> {
    match source.data_type() {
        DataType::Utf8 => Ok(Arc::clone(source)),
        _ => cast(source, &DataType::Utf8).map_err(Doing::Conforming.failed()),
    }
}

/// Text without blanks at its ends; text that is only blank is no value. Shares the array when there
/// is nothing to trim, which is nearly always.
fn trimmed(text: &StringArray) -> ArrayRef {
    let needs_trim = |cell: &str| match cell.as_bytes() {
        [] => true,
        // Whitespace outside ASCII begins with one of these bytes (U+0085, U+00A0, U+1680, U+2000…,
        // U+3000, and the byte order mark), or ends in a continuation byte.
        [first, .., last] => !first.is_ascii_graphic() || !last.is_ascii_graphic(),
        [only] => !only.is_ascii_graphic(),
    };
    let is_clean = text
        .iter()
        .flatten()
        .all(|cell| !needs_trim(cell) || cell.len() == trim(cell).len() && !cell.is_empty());
    if is_clean {
        return Arc::new(text.clone());
    }
    let cells = text
        .iter()
        .map(|cell| cell.map(trim).filter(|cell| !cell.is_empty()));
    Arc::new(cells.collect::<StringArray>())
}

fn trim(cell: &str) -> &str {
    cell.trim_matches(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '\u{FEFF}' | '\u{200B}' | '\u{200C}' | '\u{200D}')
    })
}
