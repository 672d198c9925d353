//! What a load does when an offered row meets the table: the mode, and what it may remove.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use arrow::row::{OwnedRow, RowConverter, Rows, SortField};
use chrono::{DateTime, Utc};

use crate::error::{Doing, IngestError};
use crate::job::OnConflict;

/// How a load treats rows, decided before it begins.
pub(crate) struct Rules {
    /// What an offered row does to a row of its key in the table.
    pub meeting: Meeting,
    /// What two different rows of one key in one file do to each other.
    pub on_conflict: OnConflict,
    /// Which rows of the table go when they are not offered again.
    pub removal: Scope,
    /// With a replay: what was loaded after a file must not be overwritten by that file's rows.
    pub newer: Option<Newer>,
}

/// What an offered row does to another row of its key in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// It takes its place.
    Replace,
    /// It is quarantined: an appended table never changes what it says.
    Refuse,
}

/// Which rows of the table are removed when the load does not offer their key.
pub(crate) enum Scope {
    /// None.
    Nothing,
    /// Every one.
    Everything,
    /// Those whose value in the period column is one of these.
    Periods(Periods),
}

/// The periods a load replaces.
pub(crate) struct Periods {
    column: usize,
    converter: RowConverter,
    values: HashSet<OwnedRow>,
}

impl Periods {
    /// No period yet, for the column at `column`.
    ///
    /// # Errors
    /// When the type has no row form.
    pub(crate) fn new(column: usize, data_type: &DataType) -> Result<Periods, IngestError> {
        Ok(Periods {
            column,
            converter: RowConverter::new(vec![SortField::new(data_type.clone())])
                .map_err(Doing::Merging.failed())?,
            values: HashSet::new(),
        })
    }

    /// Notes the periods of the rows of an offered batch that were not refused.
    pub(crate) fn note(&mut self, batch: &RecordBatch, refused: usize) -> Result<(), IngestError> {
        let rows = self.rows(&[Arc::clone(batch.column(self.column))])?;
        let refused = batch.column(refused).as_boolean().values();
        let mut previous = None;
        for (row, is_refused) in rows.iter().zip(refused) {
            // Files come sorted by period more often than not.
            if is_refused || previous == Some(row) {
                continue;
            }
            if !self.values.contains(&row.owned()) {
                self.values.insert(row.owned());
            }
            previous = Some(row);
        }
        Ok(())
    }

    /// Notes one period, as an array of one value.
    pub(crate) fn note_value(&mut self, value: ArrayRef) -> Result<(), IngestError> {
        let rows = self.rows(&[value])?;
        self.values.extend(rows.iter().map(|row| row.owned()));
        Ok(())
    }

    fn rows(&self, column: &[ArrayRef]) -> Result<Rows, IngestError> {
        self.converter
            .convert_columns(column)
            .map_err(Doing::Merging.failed())
    }

    /// Which rows of a batch of the table belong to one of the periods.
    fn hold(&self, batch: &RecordBatch) -> Result<BooleanBuffer, IngestError> {
        let rows = self.rows(&[Arc::clone(batch.column(self.column))])?;
        Ok(rows
            .iter()
            .map(|row| self.values.contains(&row.owned()))
            .collect())
    }
}

impl Scope {
    /// Whether the load can remove anything.
    pub(crate) fn removes(&self) -> bool {
        !matches!(self, Scope::Nothing)
    }

    /// Which rows of a batch of the table go when they are not offered; `None` when not one does.
    pub(crate) fn doomed(&self, batch: &RecordBatch) -> Result<Option<BooleanBuffer>, IngestError> {
        Ok(match self {
            Scope::Nothing => None,
            Scope::Everything => Some(BooleanBuffer::new_set(batch.num_rows())),
            Scope::Periods(periods) => {
                Some(periods.hold(batch)?).filter(|doomed| doomed.count_set_bits() > 0)
            }
        })
    }
}

/// When the objects behind the table's rows were loaded, and when the rows of a replay were refused.
pub(crate) struct Newer {
    /// By the first 16 hex digits of an object: when it was last loaded into the table.
    pub loaded_at: BTreeMap<String, DateTime<Utc>>,
    /// By file of the replay: when its rows were refused.
    pub refused_at: Vec<DateTime<Utc>>,
    /// Where the table has the object a row came from.
    pub object_column: usize,
}

impl Newer {
    /// Whether the table's row was loaded after the rows of `file` were refused.
    pub(crate) fn keeps(&self, table: &RecordBatch, row: usize, file: u32) -> bool {
        let object = table
            .column(self.object_column)
            .as_string::<i32>()
            .value(row);
        let refused_at = self.refused_at.get(file as usize);
        match (self.loaded_at.get(object), refused_at) {
            (Some(loaded), Some(refused)) => loaded > refused,
            _ => false,
        }
    }
}
