//! The files of a table as its log lists them, of which only counts and one bound are kept.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Files by path.
pub(super) struct Files<'a> {
    /// The column whose greatest value is asked for.
    column: Option<&'a str>,
    files: HashMap<String, File>,
}

struct File {
    bytes: u64,
    rows: Option<u64>,
    newest: Bound,
}

/// The greatest value of the column in one file.
enum Bound {
    /// It is this.
    Known(String),
    /// No row has a value.
    Nothing,
    /// The file's writer does not tell.
    Untold,
}

/// One line of a commit: one action, of which others than these say nothing about files.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    add: Option<Add>,
    remove: Option<Remove>,
    commit_info: Option<CommitInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Add {
    path: String,
    size: u64,
    stats: Option<String>,
    #[serde(default)]
    partition_values: HashMap<String, Option<String>>,
    deletion_vector: Option<Value>,
}

#[derive(Deserialize)]
struct Remove {
    path: String,
}

#[derive(Deserialize)]
struct CommitInfo {
    timestamp: Option<i64>,
}

/// What Delta's writers say of a file's rows.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Statistics {
    num_records: Option<u64>,
    max_values: Map<String, Value>,
    null_count: Map<String, Value>,
}

impl<'a> Files<'a> {
    pub(super) fn new(column: Option<&'a str>) -> Self {
        Files {
            column,
            files: HashMap::new(),
        }
    }

    /// Takes in a commit and answers when it was made; `None` for what this reader does not know. The
    /// files of a commit that a checkpoint holds already do not count again.
    pub(super) fn read_commit(
        &mut self,
        text: &[u8],
        counts: bool,
    ) -> Option<Option<DateTime<Utc>>> {
        let mut committed_at = None;
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let line: Line = serde_json::from_slice(line).ok()?;
            if let Some(CommitInfo {
                timestamp: Some(millis),
            }) = line.commit_info
            {
                committed_at = DateTime::from_timestamp_millis(millis);
            }
            if !counts {
                continue;
            }
            if let Some(add) = line.add {
                if add.deletion_vector.is_some() {
                    return None;
                }
                let partition = self
                    .column
                    .and_then(|column| add.partition_values.get(column));
                let partition = partition.cloned().flatten();
                self.add(add.path, add.size, add.stats.as_deref(), partition);
            }
            if let Some(remove) = line.remove {
                self.files.remove(&remove.path);
            }
        }
        Some(committed_at)
    }

    /// Takes in the files of a checkpoint; `None` for one that this reader does not know.
    pub(super) fn read_checkpoint(&mut self, bytes: Bytes) -> Option<()> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).ok()?;
        let schema = builder.parquet_schema();
        let wanted = [
            "add.path",
            "add.size",
            "add.stats",
            "add.partitionValues",
            "add.deletionVector",
        ];
        let leaves = (0..schema.num_columns()).filter(|leaf| {
            let path = schema.column(*leaf).path().string();
            wanted.iter().any(|name| {
                path.strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        });
        let mask = ProjectionMask::leaves(schema, leaves.collect::<Vec<_>>());
        for batch in builder.with_projection(mask).build().ok()? {
            self.read_added(&batch.ok()?)?;
        }
        Some(())
    }

    fn read_added(&mut self, batch: &RecordBatch) -> Option<()> {
        let added = batch.column_by_name("add")?.as_struct_opt()?;
        let text = |name: &str| -> Option<ArrayRef> {
            let column = added.column_by_name(name)?;
            arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).ok()
        };
        let (paths, stats) = (text("path")?, text("stats")?);
        let (paths, stats) = (paths.as_string::<i32>(), stats.as_string::<i32>());
        let sizes = added
            .column_by_name("size")?
            .as_primitive_opt::<Int64Type>()?;
        let partitions = added.column_by_name("partitionValues")?.as_map_opt()?;
        let vectors = added.column_by_name("deletionVector");
        for row in (0..batch.num_rows()).filter(|row| added.is_valid(*row)) {
            if vectors.is_some_and(|vectors| vectors.is_valid(row)) {
                return None;
            }
            let partition = match self.column {
                Some(column) if partitions.is_valid(row) => {
                    value_of(&partitions.value(row), column)?
                }
                _ => None,
            };
            let size = u64::try_from(sizes.value(row)).ok()?;
            let stats = stats.is_valid(row).then(|| stats.value(row));
            self.add(paths.value(row).to_owned(), size, stats, partition);
        }
        Some(())
    }

    /// Takes in one file. `partition` is the column's value when the table is partitioned by it.
    pub(super) fn add(
        &mut self,
        path: String,
        bytes: u64,
        stats: Option<&str>,
        partition: Option<String>,
    ) {
        let stats: Statistics = stats
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let newest = match (self.column, partition) {
            (None, _) => Bound::Untold,
            (_, Some(value)) => Bound::Known(value),
            (Some(column), None) => stats.newest(column),
        };
        let rows = stats.num_records;
        self.files.insert(
            path,
            File {
                bytes,
                rows,
                newest,
            },
        );
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    pub(super) fn rows(&self) -> Option<u64> {
        self.files.values().map(|file| file.rows).sum()
    }

    /// Months, days and moments are written so that text order is time order; writers leave a fraction that is
    /// zero out, so that of two moments within one second either may be told.
    pub(super) fn newest(&self) -> Option<String> {
        let mut newest: Option<&String> = None;
        for file in self.files.values() {
            match &file.newest {
                Bound::Known(value) => newest = newest.max(Some(value)),
                Bound::Nothing => {}
                Bound::Untold => return None,
            }
        }
        newest.cloned()
    }
}

impl Statistics {
    fn newest(&self, column: &str) -> Bound {
        if let Some(Value::String(value)) = self.max_values.get(column) {
            return Bound::Known(value.clone());
        }
        let nulls = self.null_count.get(column).and_then(Value::as_u64);
        match (self.num_records, nulls) {
            (Some(0), _) => Bound::Nothing,
            (Some(rows), Some(nulls)) if rows == nulls => Bound::Nothing,
            _ => Bound::Untold,
        }
    }
}

/// The value of `column` in one map of partition values: `Some(None)` when it is not among them.
fn value_of(entries: &arrow::array::StructArray, column: &str) -> Option<Option<String>> {
    let [names, values] = entries.columns() else {
        return None;
    };
    let (names, values) = (
        names.as_string_opt::<i32>()?,
        values.as_string_opt::<i32>()?,
    );
    let found = (0..names.len()).find(|entry| names.value(*entry) == column);
    Some(
        found
            .filter(|entry| values.is_valid(*entry))
            .map(|entry| values.value(entry).to_owned()),
    )
}
