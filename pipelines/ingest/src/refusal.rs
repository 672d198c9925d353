//! Refused rows of a run: kept until they are quarantined, counted by rule, with examples.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder, UInt32Builder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::execution::TaskContext;
use serde::Serialize;

use crate::error::{Doing, IngestError};
use crate::place::{Origins, RowPlace};
use crate::spool::{Spool, Spooled};

/// How many examples of a rule a report shows.
pub const EXAMPLES: usize = 3;

/// Rows collected before they go to the spool.
const BATCH_ROWS: usize = 4096;

/// A refused row as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Where it stands.
    #[serde(flatten)]
    pub place: RowPlace,
    /// The column that breaks the rule; empty when the row as a whole does.
    pub column: String,
    /// What the file says there.
    pub raw: Option<String>,
    /// What is wrong, all broken rules of the row together.
    pub message: String,
}

/// How many rows were refused for a rule, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Rows whose first broken rule is this one.
    pub count: u64,
    /// The first rows in the order of the files, at most [`EXAMPLES`].
    pub examples: Vec<Refusal>,
}

/// One refused row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused<'a> {
    pub origin: u32,
    pub row: i64,
    pub rule: &'a str,
    pub column: &'a str,
    pub raw: Option<&'a str>,
    pub message: &'a str,
}

/// Columns of the log: `section`, `origin`, `row`, `rule`, `column`, `raw`, `message`.
pub(crate) static LOG_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("section", DataType::UInt32, false),
        Field::new("origin", DataType::UInt32, false),
        Field::new("row", DataType::Int64, false),
        Field::new("rule", DataType::Utf8, false),
        Field::new("column", DataType::Utf8, false),
        Field::new("raw", DataType::Utf8, true),
        Field::new("message", DataType::Utf8, false),
    ]))
});

/// Collects refused rows, of one file or of a merge.
pub(crate) struct RefusalLog {
    origins: Arc<Origins>,
    spool: Spool,
    rules: BTreeMap<String, RuleRows>,
    section: UInt32Builder,
    origin: UInt32Builder,
    row: Int64Builder,
    rule: StringBuilder,
    column: StringBuilder,
    raw: StringBuilder,
    message: StringBuilder,
    pending: usize,
}

/// Refused rows, complete.
pub(crate) struct RefusalRows {
    pub rows: Spooled,
    pub rules: BTreeMap<String, RuleRows>,
}

/// The rows of one rule: how many, and the first of them in reading order.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleRows {
    count: u64,
    /// By section, row and origin.
    first: Vec<((u32, i64, u32), Refusal)>,
}

impl RefusalLog {
    /// An empty log.
    pub(crate) fn new(origins: &Arc<Origins>, context: &TaskContext) -> RefusalLog {
        RefusalLog {
            origins: Arc::clone(origins),
            spool: Spool::new(Arc::clone(&LOG_SCHEMA), context),
            rules: BTreeMap::new(),
            section: UInt32Builder::new(),
            origin: UInt32Builder::new(),
            row: Int64Builder::new(),
            rule: StringBuilder::new(),
            column: StringBuilder::new(),
            raw: StringBuilder::new(),
            message: StringBuilder::new(),
            pending: 0,
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When rows cannot be set aside on disk.
    pub(crate) fn add(&mut self, refused: Refused<'_>) -> Result<(), IngestError> {
        let origins = &self.origins;
        match self.rules.get_mut(refused.rule) {
            Some(rows) => rows.note(refused, origins),
            None => {
                let mut rows = RuleRows::default();
                rows.note(refused, origins);
                self.rules.insert(refused.rule.to_owned(), rows);
            }
        }
        self.section
            .append_value(self.origins.get(refused.origin).section);
        self.origin.append_value(refused.origin);
        self.row.append_value(refused.row);
        self.rule.append_value(refused.rule);
        self.column.append_value(refused.column);
        self.raw.append_option(refused.raw);
        self.message.append_value(refused.message);
        self.pending += 1;
        if self.pending == BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    /// How many rows were added.
    pub(crate) fn count(&self) -> u64 {
        self.rules.values().map(|rows| rows.count).sum()
    }

    /// Ends the collecting.
    ///
    /// # Errors
    /// When rows cannot be set aside on disk.
    pub(crate) fn finish(mut self) -> Result<RefusalRows, IngestError> {
        self.flush()?;
        Ok(RefusalRows {
            rows: self.spool.finish(),
            rules: self.rules,
        })
    }

    fn flush(&mut self) -> Result<(), IngestError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.section.finish()),
            Arc::new(self.origin.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.column.finish()),
            Arc::new(self.raw.finish()),
            Arc::new(self.message.finish()),
        ];
        self.pending = 0;
        let batch = RecordBatch::try_new(Arc::clone(&LOG_SCHEMA), columns)
            .map_err(Doing::SettingAside.failed())?;
        self.spool.push(batch).map_err(Doing::SettingAside.failed())
    }
}

impl RuleRows {
    fn note(&mut self, refused: Refused<'_>, origins: &Origins) {
        self.count += 1;
        // Batches of a file are conformed side by side, so later rows may come first.
        let section = origins.get(refused.origin).section;
        let at = (section, refused.row, refused.origin);
        let position = self.first.partition_point(|(first, _)| *first <= at);
        if position < EXAMPLES {
            let example = Refusal {
                place: origins.place(refused.origin, refused.row),
                column: refused.column.to_owned(),
                raw: refused.raw.map(shortened),
                message: refused.message.to_owned(),
            };
            self.first.insert(position, (at, example));
            self.first.truncate(EXAMPLES);
        }
    }

    /// Adds the rows of `other`.
    pub(crate) fn merge(&mut self, other: &RuleRows) {
        self.count += other.count;
        self.first.extend(other.first.iter().cloned());
        self.first.sort_by_key(|(at, _)| *at);
        self.first.truncate(EXAMPLES);
    }

    /// The count as reports show it.
    pub(crate) fn report(&self) -> RuleCount {
        RuleCount {
            count: self.count,
            examples: self
                .first
                .iter()
                .map(|(_, example)| example.clone())
                .collect(),
        }
    }
}

/// Long values say enough in their beginning; the whole is in quarantine.
fn shortened(raw: &str) -> String {
    const SHOWN: usize = 120;
    match raw.char_indices().nth(SHOWN) {
        None => raw.to_owned(),
        Some((end, _)) => format!("{}…", &raw[..end]),
    }
}
