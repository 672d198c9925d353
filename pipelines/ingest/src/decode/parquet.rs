//! Parquet: every column as text.
//!
//! Decimals keep all their digits, floats are their shortest exact text without exponent, dates and times
//! are ISO text; a timestamp with a zone is given in UTC with `Z`, the instant it stores. Fields of structs
//! become columns with their names joined by dots; lists and maps become JSON text. Bytes are taken for
//! UTF-8, and a row in which they are not is refused. `_row` counts the rows from 1.

use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, new_null_array,
};
use arrow::compute::{CastOptions, cast_with_options, filter_record_batch, is_null};
use arrow::datatypes::{DataType, Float32Type, Float64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::writer::{EncoderOptions, make_encoder};
use arrow::util::display::FormatOptions;

use super::error::DecodeError;
use super::header;
use super::input::Object;
use super::rows::{Place, schema};
use super::{Decoded, DecodedBatch, Detected, RefusalRule, RefusedRow};
use crate::format::Kind;

pub(super) fn decode(object: Object, batch_rows: usize) -> Result<Decoded, DecodeError> {
    let file = object.name.clone();
    let prefix = object.prefix.clone();
    let failed = |source| DecodeError::Parquet {
        file: file.clone(),
        source,
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(object.into_file()?).map_err(failed)?;
    let mut leaves = Vec::new();
    for (index, field) in builder.schema().fields().iter().enumerate() {
        find_leaves(
            &file,
            field.name().to_owned(),
            field.data_type(),
            vec![index],
            &mut leaves,
        )?;
    }
    let is_empty = builder.metadata().file_metadata().num_rows() == 0;
    let reader = builder
        .with_projection(ProjectionMask::all())
        .with_batch_size(batch_rows)
        .build()
        .map_err(failed)?;
    let columns = header::make_unique(leaves.iter().map(|leaf| leaf.name.clone()).collect());
    let schema = schema(&columns);
    Ok(Decoded {
        detected: Detected {
            kind: Kind::Parquet,
            encoding: None,
            encoding_by: None,
            delimiter: None,
            line_end: None,
            sheet: None,
            header_row: None,
            columns,
            notes: if is_empty {
                vec!["the file holds columns and no rows".to_owned()]
            } else {
                Vec::new()
            },
        },
        schema: schema.clone(),
        batches: Box::new(Batches {
            place: Place::new(&prefix, None, batch_rows),
            file,
            reader,
            leaves,
            schema,
            row: 0,
            is_over: false,
        }),
    })
}

/// A column of the output: the way to it through structs.
#[derive(Debug)]
struct Leaf {
    name: String,
    way: Vec<usize>,
    form: LeafForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LeafForm {
    Cast,
    Utc,
    Json,
}

fn find_leaves(
    file: &str,
    name: String,
    found: &DataType,
    way: Vec<usize>,
    leaves: &mut Vec<Leaf>,
) -> Result<(), DecodeError> {
    let form = match found {
        DataType::Struct(fields) => {
            for (index, field) in fields.iter().enumerate() {
                let mut way = way.clone();
                way.push(index);
                find_leaves(
                    file,
                    format!("{name}.{}", field.name()),
                    field.data_type(),
                    way,
                    leaves,
                )?;
            }
            return Ok(());
        }
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Map(..) => LeafForm::Json,
        DataType::Timestamp(_, Some(_)) => LeafForm::Utc,
        DataType::Union(..) | DataType::RunEndEncoded(..) => {
            return Err(DecodeError::NoTextForm {
                file: file.to_owned(),
                column: name,
                found: found.to_string(),
            });
        }
        _ => LeafForm::Cast,
    };
    leaves.push(Leaf { name, way, form });
    Ok(())
}

/// The batches of a file.
struct Batches {
    file: String,
    reader: ParquetRecordBatchReader,
    leaves: Vec<Leaf>,
    schema: SchemaRef,
    place: Place,
    row: i64,
    is_over: bool,
}

impl Iterator for Batches {
    type Item = Result<DecodedBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let batch = match self.reader.next()? {
            Ok(batch) => self.convert(&batch),
            Err(source) => Err(DecodeError::Parquet {
                file: self.file.clone(),
                source: source.into(),
            }),
        };
        self.is_over = batch.is_err();
        Some(batch)
    }
}

impl Batches {
    fn convert(&mut self, batch: &RecordBatch) -> Result<DecodedBatch, DecodeError> {
        let failed = |source| DecodeError::Batch {
            file: self.file.clone(),
            source,
        };
        let count = batch.num_rows();
        let first_row = self.row + 1;
        self.row += count as i64;
        let mut arrays = Vec::with_capacity(self.leaves.len() + 3);
        let mut refused: Vec<RefusedRow> = Vec::new();
        for leaf in &self.leaves {
            let values = follow(batch, &leaf.way).map_err(failed)?;
            let text = to_text(&values, leaf.form).map_err(failed)?;
            for at in lost(&values, &text) {
                refused.push(RefusedRow {
                    sheet: None,
                    row: first_row + at as i64,
                    rule: RefusalRule::Undecodable,
                    detail: format!("the value of `{}` is not UTF-8 text", leaf.name),
                    raw: String::new(),
                });
            }
            arrays.push(text);
        }
        arrays.extend(self.place.columns((first_row..=self.row).collect()));
        let mut rows = RecordBatch::try_new(self.schema.clone(), arrays).map_err(failed)?;
        if !refused.is_empty() {
            refused.sort_by_key(|row| row.row);
            refused.dedup_by_key(|row| row.row);
            let mut kept = vec![true; count];
            for row in &mut refused {
                let at = (row.row - first_row) as usize;
                kept[at] = false;
                row.raw = raw(&rows, at);
            }
            rows = filter_record_batch(&rows, &BooleanArray::from(kept)).map_err(failed)?;
        }
        Ok(DecodedBatch {
            rows,
            refused,
            blank_rows: 0,
            short_rows: 0,
        })
    }
}

/// The values at the end of a way through structs; where a struct is NULL, so is what is in it.
fn follow(batch: &RecordBatch, way: &[usize]) -> Result<ArrayRef, ArrowError> {
    let mut values = batch.column(way[0]).clone();
    for index in &way[1..] {
        let parent = values.as_struct();
        let child = parent.column(*index).clone();
        values = match parent.nulls() {
            None => child,
            Some(_) => arrow::compute::nullif(&child, &is_null(parent)?)?,
        };
    }
    Ok(values)
}

fn to_text(values: &ArrayRef, form: LeafForm) -> Result<ArrayRef, ArrowError> {
    let options = CastOptions {
        safe: true,
        format_options: FormatOptions::new().with_display_error(false),
    };
    let text = match (form, values.data_type()) {
        (LeafForm::Json, _) => json_text(values)?,
        (LeafForm::Utc, DataType::Timestamp(unit, _)) => {
            // What is stored is the instant; the zone is only how it was shown.
            let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
            let relabelled = cast_with_options(values, &utc, &options)?;
            cast_with_options(&relabelled, &DataType::Utf8, &options)?
        }
        (_, DataType::Null) => new_null_array(&DataType::Utf8, values.len()),
        (_, DataType::Float32) => Arc::new(
            values
                .as_primitive::<Float32Type>()
                .iter()
                .map(|v| v.map(|v| v.to_string()))
                .collect::<StringArray>(),
        ),
        (_, DataType::Float64) => Arc::new(
            values
                .as_primitive::<Float64Type>()
                .iter()
                .map(|v| v.map(|v| v.to_string()))
                .collect::<StringArray>(),
        ),
        _ => cast_with_options(values, &DataType::Utf8, &options)?,
    };
    empty_to_null(text)
}

/// Lists and maps as JSON.
fn json_text(values: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let field = Arc::new(arrow::datatypes::Field::new(
        "value",
        values.data_type().clone(),
        true,
    ));
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(&field, values.as_ref(), &options)?;
    let mut json = Vec::new();
    let texts = (0..values.len()).map(|at| {
        if values.is_null(at) {
            return None;
        }
        json.clear();
        encoder.encode(at, &mut json);
        Some(String::from_utf8_lossy(&json).into_owned())
    });
    Ok(Arc::new(texts.collect::<StringArray>()))
}

/// An empty text is NULL, as everywhere in decoded rows.
fn empty_to_null(text: ArrayRef) -> Result<ArrayRef, ArrowError> {
    let strings = text.as_string::<i32>();
    let has_empty = strings.iter().any(|value| value == Some(""));
    if !has_empty {
        return Ok(text);
    }
    let empty: BooleanArray = strings
        .iter()
        .map(|value| Some(value == Some("")))
        .collect();
    arrow::compute::nullif(strings, &empty)
}

/// Positions of values that became NULL on the way to text.
fn lost(values: &ArrayRef, text: &ArrayRef) -> Vec<usize> {
    if values.logical_null_count() == text.null_count() || !may_be_lost(values.data_type()) {
        return Vec::new();
    }
    let nulls = values.logical_nulls();
    (0..values.len())
        .filter(|at| {
            let was_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(*at));
            text.is_null(*at) && !was_null && !is_empty_bytes(values, *at)
        })
        .collect()
}

fn may_be_lost(found: &DataType) -> bool {
    matches!(
        found,
        DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_)
    )
}

fn is_empty_bytes(values: &ArrayRef, at: usize) -> bool {
    match values.data_type() {
        DataType::Binary => values.as_binary::<i32>().value(at).is_empty(),
        DataType::LargeBinary => values.as_binary::<i64>().value(at).is_empty(),
        DataType::BinaryView => values.as_binary_view().value(at).is_empty(),
        _ => false,
    }
}

/// A row's texts, for quarantine.
fn raw(rows: &RecordBatch, at: usize) -> String {
    let texts = rows
        .columns()
        .iter()
        .filter_map(|column| column.as_string_opt::<i32>());
    texts
        .map(|column| {
            if column.is_null(at) {
                ""
            } else {
                column.value(at)
            }
        })
        .collect::<Vec<_>>()
        .join("\t")
}
