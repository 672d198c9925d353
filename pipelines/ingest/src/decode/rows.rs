//! Rows of text on their way to a batch.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::error::DecodeError;
use super::{DecodedBatch, OBJECT_COLUMN, ROW_COLUMN, RefusedRow, SHEET_COLUMN};

/// Bytes of text a batch holds before it is given out, whatever its rows.
const BATCH_BYTES: usize = 64 << 20;

/// The schema of decoded batches: `columns` as text, then the place.
pub(super) fn schema(columns: &[String]) -> SchemaRef {
    let mut fields: Vec<Field> = columns
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect();
    fields.push(Field::new(OBJECT_COLUMN, DataType::Utf8, false));
    fields.push(Field::new(SHEET_COLUMN, DataType::Utf8, true));
    fields.push(Field::new(ROW_COLUMN, DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

/// Where the rows of an object are: the columns of the place, but for the row.
pub(super) struct Place {
    object: ArrayRef,
    sheet: ArrayRef,
}

impl Place {
    /// Place columns for batches of at most `batch_rows` rows, made once and sliced.
    pub(super) fn new(object: &str, sheet: Option<&str>, batch_rows: usize) -> Place {
        let repeat = |text: &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                text, batch_rows,
            )))
        };
        Place {
            object: repeat(object),
            sheet: sheet.map_or_else(|| new_null_array(&DataType::Utf8, batch_rows), repeat),
        }
    }

    /// The three place columns of rows with these numbers.
    pub(super) fn columns(&self, rows: Vec<i64>) -> [ArrayRef; 3] {
        let count = rows.len();
        [
            self.object.slice(0, count),
            self.sheet.slice(0, count),
            Arc::new(Int64Array::from(rows)),
        ]
    }
}

/// Collects rows until there are enough for a batch.
pub(super) struct Rows {
    file: String,
    schema: SchemaRef,
    place: Place,
    batch_rows: usize,
    columns: Vec<TextColumn>,
    numbers: Vec<i64>,
    bytes: usize,
    refused: Vec<RefusedRow>,
    blank_rows: u64,
    short_rows: u64,
}

impl Rows {
    pub(super) fn new(file: String, columns: &[String], place: Place, batch_rows: usize) -> Rows {
        Rows {
            file,
            schema: schema(columns),
            place,
            batch_rows,
            columns: columns.iter().map(|_| TextColumn::default()).collect(),
            numbers: Vec::new(),
            bytes: 0,
            refused: Vec::new(),
            blank_rows: 0,
            short_rows: 0,
        }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The columns of the row that is being added; every one gets one value.
    #[inline]
    pub(super) fn columns(&mut self) -> &mut [TextColumn] {
        &mut self.columns
    }

    /// Ends the row that is being added, about `bytes` long.
    #[inline]
    pub(super) fn end_row(&mut self, number: i64, bytes: usize) {
        self.numbers.push(number);
        self.bytes += bytes;
    }

    pub(super) fn refuse(&mut self, row: RefusedRow) {
        self.bytes += row.raw.len() + row.detail.len();
        self.refused.push(row);
    }

    pub(super) fn pass_over_blank(&mut self) {
        self.blank_rows += 1;
    }

    /// Notes that the row just added has fewer fields than there are columns.
    #[inline]
    pub(super) fn note_short(&mut self) {
        self.short_rows += 1;
    }

    /// Whether there is enough for a batch.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.numbers.len() >= self.batch_rows
            || self.bytes >= BATCH_BYTES
            || self.refused.len() >= self.batch_rows
    }

    /// Whether there is nothing to give out.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.refused.is_empty() && self.blank_rows == 0
    }

    /// Gives out what was collected.
    pub(super) fn take(&mut self) -> Result<DecodedBatch, DecodeError> {
        self.bytes = 0;
        let numbers = std::mem::take(&mut self.numbers);
        self.numbers
            .reserve(self.batch_rows.min(numbers.len() + numbers.len() / 8));
        let failed = |source| DecodeError::Batch {
            file: self.file.clone(),
            source,
        };
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 3);
        for column in &mut self.columns {
            arrays.push(Arc::new(column.take().map_err(failed)?));
        }
        arrays.extend(self.place.columns(numbers));
        Ok(DecodedBatch {
            rows: RecordBatch::try_new(self.schema.clone(), arrays).map_err(failed)?,
            refused: std::mem::take(&mut self.refused),
            blank_rows: std::mem::take(&mut self.blank_rows),
            short_rows: std::mem::take(&mut self.short_rows),
        })
    }
}

/// One column of text; empty is NULL.
///
/// Arrow's own builder does the same with more checks a value; here the text of a whole batch is checked
/// at once when the array is made.
pub(super) struct TextColumn {
    values: Vec<u8>,
    offsets: Vec<i32>,
    /// Bit of a row set when it has a value; made when the first NULL comes.
    valid: Option<Vec<bool>>,
}

impl Default for TextColumn {
    fn default() -> TextColumn {
        TextColumn {
            values: Vec::new(),
            offsets: vec![0],
            valid: None,
        }
    }
}

impl TextColumn {
    /// Adds a value of UTF-8 text.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        if text.is_empty() {
            return self.push_null();
        }
        self.values.extend_from_slice(text);
        self.end_value(true);
    }

    /// Adds what `write` appends; nothing appended is NULL.
    #[inline]
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.values.len();
        write(&mut self.values);
        let is_value = self.values.len() > before;
        if !is_value && self.valid.is_none() {
            self.begin_validity();
        }
        self.end_value(is_value);
    }

    /// Adds a NULL.
    #[inline]
    pub(super) fn push_null(&mut self) {
        if self.valid.is_none() {
            self.begin_validity();
        }
        self.end_value(false);
    }

    #[cold]
    fn begin_validity(&mut self) {
        let mut valid = Vec::with_capacity(self.offsets.capacity());
        valid.resize(self.offsets.len() - 1, true);
        self.valid = Some(valid);
    }

    #[inline]
    fn end_value(&mut self, is_value: bool) {
        // A batch is given out long before its text reaches 2 GiB: see BATCH_BYTES and the bound on rows.
        self.offsets.push(self.values.len() as i32);
        if let Some(valid) = &mut self.valid {
            valid.push(is_value);
        }
    }

    fn take(&mut self) -> Result<StringArray, arrow::error::ArrowError> {
        let fresh = TextColumn {
            values: Vec::with_capacity(self.values.len() + self.values.len() / 8),
            offsets: Vec::with_capacity(self.offsets.len()),
            valid: None,
        };
        let full = std::mem::replace(self, fresh);
        self.offsets.push(0);
        StringArray::try_new(
            OffsetBuffer::new(ScalarBuffer::from(full.offsets)),
            Buffer::from_vec(full.values),
            full.valid.map(NullBuffer::from),
        )
    }
}
