//! Some rows of a file: those a replay is about.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, UInt32Type};

use crate::error::{Doing, IngestError};
use crate::place::Origins;
use crate::select::{ORIGIN, ROW};

/// Rows of a file by sheet (the empty name where there are none).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChosenRows(BTreeMap<String, BTreeSet<i64>>);

impl ChosenRows {
    /// Adds a row.
    pub(crate) fn add(&mut self, sheet: &str, row: i64) {
        match self.0.get_mut(sheet) {
            Some(rows) => {
                rows.insert(row);
            }
            None => {
                self.0.insert(sheet.to_owned(), BTreeSet::from([row]));
            }
        }
    }

    /// Whether the row is one of them.
    pub(crate) fn has(&self, sheet: Option<&str>, row: i64) -> bool {
        self.0
            .get(sheet.unwrap_or_default())
            .is_some_and(|rows| rows.contains(&row))
    }

    /// The offered rows that came from them.
    pub(super) fn of_offered(
        &self,
        rows: &RecordBatch,
        origins: &Origins,
    ) -> Result<RecordBatch, IngestError> {
        let column = |name| {
            rows.column_by_name(name)
                .expect("an offered row has its place")
        };
        let numbers = column(ROW).as_primitive::<Int64Type>().values();
        let mut last: Option<(u32, Option<std::sync::Arc<str>>)> = None;
        let chosen: BooleanArray = column(ORIGIN)
            .as_primitive::<UInt32Type>()
            .values()
            .iter()
            .zip(numbers)
            .map(|(origin, row)| {
                let (_, sheet) = match &mut last {
                    Some(last) if last.0 == *origin => last,
                    last => last.insert((*origin, origins.get(*origin).sheet)),
                };
                Some(self.has(sheet.as_deref(), *row))
            })
            .collect();
        filter_record_batch(rows, &chosen).map_err(Doing::Conforming.failed())
    }
}
