//! Watches a mart's rows on their way into files: no null in a key, no key twice.
//!
//! Rows arrive sorted by partition and key, as the files want them, so equal keys are neighbours and
//! one row of memory is enough.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt as _;

use crate::show;

/// How many keys a message shows.
const EXAMPLES: usize = 3;

/// What was seen of a mart's rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub rows: u64,
    pub null_keys: Keys,
    pub repeated_keys: Keys,
}

/// Rows at fault: how many, and the keys of some.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    pub rows: u64,
    pub examples: Vec<String>,
}

impl Keys {
    fn add(&mut self, example: impl FnOnce() -> String) {
        self.rows += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }
}

/// What a guarded stream has seen so far; shared with the stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard(Arc<Mutex<Seen>>);

impl Guard {
    /// What was seen; whole once the stream has ended.
    pub fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// The stream, watched. It ends with an error when a key is null or repeated, after all rows have
    /// been seen, so that nothing it wrote is kept and the message can count.
    pub fn watch(
        &self,
        stream: SendableRecordBatchStream,
        key: Vec<String>,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let schema = stream.schema();
        let mut fields = Vec::new();
        for column in &key {
            let field = schema.field_with_name(column)?;
            fields.push(SortField::new(field.data_type().clone()));
        }
        let mut watcher = Watcher {
            converter: RowConverter::new(fields)?,
            key,
            last: None,
            guard: self.clone(),
        };
        let end = self.clone();
        let watched = stream.map(move |batch| {
            let batch = batch?;
            watcher.look(&batch)?;
            Ok(batch)
        });
        let verdict = futures::stream::once(async move {
            let seen = end.seen();
            let is_sound = seen.null_keys.rows == 0 && seen.repeated_keys.rows == 0;
            (!is_sound).then(|| {
                Err(DataFusionError::Execution(
                    "the mart breaks its grain".to_owned(),
                ))
            })
        })
        .filter_map(|verdict| async move { verdict });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            schema,
            watched.chain(verdict),
        )))
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // A count is whole whether or not its last writer panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Watcher {
    converter: RowConverter,
    key: Vec<String>,
    last: Option<OwnedRow>,
    guard: Guard,
}

impl Watcher {
    fn look(&mut self, batch: &RecordBatch) -> Result<(), DataFusionError> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.key.len());
        for name in &self.key {
            let column = batch.column_by_name(name).ok_or_else(|| {
                DataFusionError::Internal(format!("key column `{name}` is not in the rows"))
            })?;
            columns.push(Arc::clone(column));
        }
        let rows = self.converter.convert_columns(&columns)?;
        let mut seen = self.guard.lock();
        seen.rows += batch.num_rows() as u64;
        let may_be_null = columns.iter().any(|column| column.null_count() > 0);
        for index in 0..batch.num_rows() {
            let is_null = may_be_null && columns.iter().any(|column| column.is_null(index));
            if is_null {
                seen.null_keys.add(|| show::row(&self.key, &columns, index));
                continue;
            }
            let row = rows.row(index);
            let is_repeated = match index {
                0 => self.last.as_ref().is_some_and(|last| last.row() == row),
                _ => rows.row(index - 1) == row,
            };
            if is_repeated {
                seen.repeated_keys
                    .add(|| show::row(&self.key, &columns, index));
            }
        }
        drop(seen);
        if batch.num_rows() > 0 {
            self.last = Some(rows.row(batch.num_rows() - 1).owned());
        }
        Ok(())
    }
}
