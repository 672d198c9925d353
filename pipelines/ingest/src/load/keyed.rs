//! Batches with their keys and values in comparable form.
//!
//! Arrow's row format turns the key columns of a row into bytes that compare as the columns do, so
//! that a merge compares slices and not columns. It is made for a batch at once, and only when
//! somebody asks: rows that meet nothing in the table are loaded without it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::cmp::distinct;
use arrow::datatypes::{Int64Type, Schema, UInt32Type};
use arrow::row::{RowConverter, Rows, SortField};

use crate::error::{Doing, IngestError};

/// Where the parts of an offered row stand.
///
/// Offered batches hold the contract's columns in its order, then `_origin`, `_row` and `_refused`;
/// batches of the table hold the contract's columns, then provenance. So one index serves both.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// How many contract columns there are.
    pub columns: usize,
    /// The key's columns.
    pub key: Vec<usize>,
    /// The partition's columns.
    pub partition: Vec<usize>,
    /// The columns that make two rows of one key different.
    pub compared: Vec<usize>,
}

impl Layout {
    /// Where the origin of an offered row stands.
    pub(crate) fn origin(&self) -> usize {
        self.columns
    }

    /// Where the row of the file of an offered row stands.
    pub(crate) fn row(&self) -> usize {
        self.columns + 1
    }

    /// Where the mark of a row that was refused stands; such a row only keeps what the table has.
    pub(crate) fn refused(&self) -> usize {
        self.columns + 2
    }
}

/// Turns the keys and values of batches into comparable rows. One codec serves both sides of a merge.
pub(crate) struct Codec {
    pub layout: Layout,
    keys: RowConverter,
    values: RowConverter,
}

impl Codec {
    /// A codec for batches whose contract columns are the first of `schema`.
    ///
    /// # Errors
    /// When a column's type has no row form.
    pub(crate) fn new(layout: Layout, schema: &Schema) -> Result<Arc<Codec>, IngestError> {
        let converter = |columns: &[usize]| {
            let fields = columns
                .iter()
                .map(|index| SortField::new(schema.field(*index).data_type().clone()));
            RowConverter::new(fields.collect()).map_err(Doing::Merging.failed())
        };
        Ok(Arc::new(Codec {
            keys: converter(&layout.key)?,
            values: converter(&layout.compared)?,
            layout,
        }))
    }
}

/// A batch sorted by key, offered or of the table.
pub(crate) struct KeyedBatch {
    pub batch: RecordBatch,
    codec: Arc<Codec>,
    keys: OnceLock<Rows>,
    values: OnceLock<Rows>,
}

impl KeyedBatch {
    /// Wraps a batch that is not empty.
    pub(crate) fn new(batch: RecordBatch, codec: &Arc<Codec>) -> Arc<KeyedBatch> {
        Arc::new(KeyedBatch {
            batch,
            codec: Arc::clone(codec),
            keys: OnceLock::new(),
            values: OnceLock::new(),
        })
    }

    /// The number of rows, at least one.
    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// The keys in comparable form.
    pub(crate) fn keys(&self) -> Result<&Rows, IngestError> {
        self.rows(&self.keys, &self.codec.keys, &self.codec.layout.key)
    }

    /// The compared values in comparable form.
    pub(crate) fn values(&self) -> Result<&Rows, IngestError> {
        self.rows(
            &self.values,
            &self.codec.values,
            &self.codec.layout.compared,
        )
    }

    fn rows<'a>(
        &'a self,
        cell: &'a OnceLock<Rows>,
        converter: &RowConverter,
        columns: &[usize],
    ) -> Result<&'a Rows, IngestError> {
        if let Some(rows) = cell.get() {
            return Ok(rows);
        }
        let columns: Vec<ArrayRef> = columns
            .iter()
            .map(|index| Arc::clone(self.batch.column(*index)))
            .collect();
        let rows = converter
            .convert_columns(&columns)
            .map_err(Doing::Merging.failed())?;
        Ok(cell.get_or_init(|| rows))
    }

    /// For each row whether its key differs from the row's before; the first row is compared with the
    /// last of `previous`, and begins a key when there is none.
    pub(crate) fn begins_key(
        &self,
        previous: Option<&KeyedBatch>,
    ) -> Result<BooleanBuffer, IngestError> {
        let first = match previous {
            None => true,
            Some(previous) => self.differs(0..1, previous, previous.len() - 1)?.value(0),
        };
        let rest = self.differs(1..self.len(), self, 0)?;
        Ok(std::iter::once(first).chain(rest.iter()).collect())
    }

    /// Whether the key of the last row goes on in the first row of `next`.
    pub(crate) fn goes_on_in(&self, next: &KeyedBatch) -> Result<bool, IngestError> {
        Ok(!next.differs(0..1, self, self.len() - 1)?.value(0))
    }

    /// Whether the keys of `rows` differ from those of `other` beginning at `other_begin`, row by row.
    fn differs(
        &self,
        rows: Range<usize>,
        other: &KeyedBatch,
        other_begin: usize,
    ) -> Result<BooleanBuffer, IngestError> {
        let mut differs = BooleanBuffer::new_unset(rows.len());
        for index in &self.codec.layout.key {
            let own = self.batch.column(*index).slice(rows.start, rows.len());
            let others = other.batch.column(*index).slice(other_begin, rows.len());
            differs = &differs
                | distinct(&own, &others)
                    .map_err(Doing::Merging.failed())?
                    .values();
        }
        Ok(differs)
    }

    /// The origins of the rows of an offered batch.
    pub(crate) fn origins(&self) -> &[u32] {
        self.batch
            .column(self.codec.layout.origin())
            .as_primitive::<UInt32Type>()
            .values()
    }

    /// The rows of the file of the rows of an offered batch.
    pub(crate) fn file_rows(&self) -> &[i64] {
        self.batch
            .column(self.codec.layout.row())
            .as_primitive::<Int64Type>()
            .values()
    }

    /// Which rows of an offered batch were refused; `None` when not one was.
    pub(crate) fn refused(&self) -> Option<&BooleanBuffer> {
        let refused = self.batch.column(self.codec.layout.refused()).as_boolean();
        refused.has_true().then(|| refused.values())
    }
}

/// One row of a keyed batch.
#[derive(Clone)]
pub(crate) struct Slot {
    pub batch: Arc<KeyedBatch>,
    pub row: usize,
}

impl Slot {
    /// Whether two rows of one key have the same values.
    pub(crate) fn same_values(&self, other: &Slot) -> Result<bool, IngestError> {
        Ok(self.batch.values()?.row(self.row) == other.batch.values()?.row(other.row))
    }

    /// The origin of an offered row.
    pub(crate) fn origin(&self) -> u32 {
        self.batch.origins()[self.row]
    }

    /// The row of the file of an offered row.
    pub(crate) fn file_row(&self) -> i64 {
        self.batch.file_rows()[self.row]
    }
}
