//! Quarantine: refused rows in `ops.quarantine`, with their place and the whole row as decoded.
//!
//! A row is found there by table, object, sheet, row, rule and column, so that the same file refused
//! again is the same row. Rows are posted before the run commits: a crash in between leaves rows that
//! the next run finds to be there already. What a run posted and, beginning anew because another one
//! got in the way, no longer refuses, is taken back.
//!
//! The whole row is looked up by reading the refused rows' files once more, in the order they were
//! read: nothing of a file is kept in memory for rows that may never be refused.

mod explain;
mod open;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::compute::SortOptions;
use arrow::datatypes::{Int64Type, UInt32Type};
use chrono::{DateTime, Utc};
use contracts::{Contract, TableId};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::StreamingTableExec;
use futures::{StreamExt, TryStreamExt, stream};
use warehouse::Warehouse;

use crate::error::{Doing, IngestError};
use crate::intake::IntakeFile;
use crate::job::{Job, OnConflict};
use crate::load::sort::{Once, offered_schema};
use crate::load::{Meeting, Periods, Rules, Scope, layout};
use crate::ops;
use crate::place::Origins;
use crate::refusal::LOG_SCHEMA;
use crate::run_id::RunId;
use crate::spool::{Spool, Spooled};
use explain::Explainer;

pub(crate) use open::{OpenRow, OpenRows, tables_with_open_rows};

/// Columns that tell when and by whom a row was first refused: they do not make it another row.
const SIGHTING: [&str; 2] = ["run_id", "first_seen_at"];

/// What refused rows are posted for.
pub(crate) struct Refusals<'a> {
    pub warehouse: &'a Warehouse,
    pub job: &'a Job,
    pub table: &'a TableId,
    pub run_id: &'a RunId,
    pub now: DateTime<Utc>,
    pub origins: &'a Arc<Origins>,
    /// The files of the run, by index.
    pub files: &'a [IntakeFile],
    /// Whose values must not be kept.
    pub mask: Mask,
}

/// Columns of a file that hold persons and are kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mask {
    /// These.
    Columns(Vec<String>),
    /// All, because nobody can tell which.
    Everything,
}

impl Refusals<'_> {
    /// Posts `rows`, as [`Refusals::rows`] gives them, and takes back what this run posted before and
    /// no longer refuses.
    ///
    /// # Errors
    /// Of the storage or the engine.
    pub(crate) async fn post(&self, rows: &Spooled) -> Result<(), IngestError> {
        let contract = ops::contract(self.warehouse, "quarantine")?;
        let run = contract.column_names().position(|name| name == "run_id");
        let run = run.expect("`ops.quarantine` says which run refused a row");
        let run_id: ArrayRef = Arc::new(StringArray::from(vec![self.run_id.as_str()]));
        let rules = || {
            let mut runs = Periods::new(run, run_id.data_type())?;
            runs.note_value(Arc::clone(&run_id))?;
            Ok(rules(Scope::Periods(runs)))
        };
        ops::post(
            self.warehouse,
            &contract,
            &layout(&contract, &SIGHTING),
            rows,
            rules,
        )
        .await?;
        Ok(())
    }

    /// The rows of `logs` as `ops.quarantine` has them, with the offered schema.
    ///
    /// # Errors
    /// Of the engine, or when a file cannot be read again.
    pub(crate) async fn rows(&self, logs: &[&Spooled]) -> Result<Spooled, IngestError> {
        let contract = &ops::contract(self.warehouse, "quarantine")?;
        let context = self.warehouse.session().task_ctx();
        let mut sorted = self.in_reading_order(logs)?;
        let mut explainer = Explainer::new(self.warehouse, self.job, self.files, &self.mask);
        let mut spool = Spool::new(offered_schema(contract), &context);
        let mut last = None;
        while let Some(batch) = sorted
            .try_next()
            .await
            .map_err(Doing::ReadingQuarantine.failed())?
        {
            let rows = self
                .quarantined(contract, &batch, &mut explainer, &mut last)
                .await?;
            spool
                .push(ops::as_offered(contract, &rows)?)
                .map_err(Doing::SettingAside.failed())?;
        }
        Ok(spool.finish())
    }

    fn in_reading_order(
        &self,
        logs: &[&Spooled],
    ) -> Result<SendableRecordBatchStream, IngestError> {
        let rows = stream::iter(logs.iter().map(|log| log.stream()).collect::<Vec<_>>()).flatten();
        let rows = RecordBatchStreamAdapter::new(Arc::clone(&LOG_SCHEMA), rows);
        let sorted = || {
            let input = StreamingTableExec::try_new(
                Arc::clone(&LOG_SCHEMA),
                vec![Arc::new(Once::new(Box::pin(rows)))],
                None,
                [],
                false,
                None,
            )?;
            let order = ["section", "row", "rule", "column", "raw", "message"]
                .map(|name| {
                    let column = col(name, &LOG_SCHEMA)?;
                    Ok(PhysicalSortExpr::new(column, SortOptions::new(false, true)))
                })
                .into_iter()
                .collect::<Result<Vec<_>, datafusion::error::DataFusionError>>()?;
            let order = LexOrdering::new(order).expect("six columns");
            SortExec::new(order, Arc::new(input)).execute(0, self.warehouse.session().task_ctx())
        };
        sorted().map_err(Doing::SettingAside.failed())
    }

    async fn quarantined(
        &self,
        contract: &Contract,
        log: &RecordBatch,
        explainer: &mut Explainer<'_>,
        last: &mut Option<Last>,
    ) -> Result<RecordBatch, IngestError> {
        let count = log.num_rows();
        let origins = log.column(1).as_primitive::<UInt32Type>();
        let rows = log.column(2).as_primitive::<Int64Type>();
        let (rules, columns) = (
            log.column(3).as_string::<i32>(),
            log.column(4).as_string::<i32>(),
        );
        let mut objects = StringBuilder::new();
        let mut sheets = StringBuilder::new();
        let mut names = StringBuilder::new();
        let mut column_names = StringBuilder::new();
        let mut row_json = StringBuilder::new();
        for index in 0..count {
            let origin = self.origins.get(origins.value(index));
            let file = self.origins.file(origin.file);
            objects.append_value(&file.object);
            sheets.append_value(origin.sheet.as_deref().unwrap_or_default());
            names.append_value(&file.name);
            let place = (origin.section, rows.value(index));
            let this = Last::new(
                place,
                rules.value(index),
                columns.value(index),
                last.as_ref(),
            );
            column_names.append_value(this.column_name());
            row_json.append_option(
                explainer
                    .row(origin.file, origin.sheet.as_deref(), place.1)
                    .await?,
            );
            *last = Some(this);
        }
        let same = |value: &str| {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                value, count,
            ))) as ArrayRef
        };
        let seen = TimestampMicrosecondArray::from_value(self.now.timestamp_micros(), count)
            .with_timezone("UTC");
        let values: BTreeMap<&str, ArrayRef> = BTreeMap::from([
            ("table_name", same(&self.table.to_string())),
            ("object", Arc::new(objects.finish()) as ArrayRef),
            ("sheet", Arc::new(sheets.finish())),
            ("row", Arc::new(Int64Array::from(rows.values().to_vec()))),
            ("rule", Arc::clone(log.column(3))),
            ("column_name", Arc::new(column_names.finish())),
            ("job", same(self.job.name.as_str())),
            ("run_id", same(self.run_id.as_str())),
            ("file_name", Arc::new(names.finish())),
            ("raw_value", Arc::clone(log.column(5))),
            ("message", Arc::clone(log.column(6))),
            ("first_seen_at", Arc::new(seen)),
            ("status", same("open")),
            ("row_json", Arc::new(row_json.finish())),
        ]);
        ops::rows(contract, values, count)
    }
}

/// The columns of `job`'s files that hold persons.
pub(crate) fn mask(job: &Job, contract: &Contract) -> Mask {
    let mut masked = Vec::new();
    for column in contract.columns.iter().filter(|column| column.pseudonym) {
        match job.columns_behind(column.name.as_str()) {
            Some(columns) => masked.extend(columns),
            None => return Mask::Everything,
        }
    }
    Mask::Columns(masked)
}

fn rules(removal: Scope) -> Rules {
    Rules {
        meeting: Meeting::Replace,
        on_conflict: OnConflict::Last,
        removal,
        newer: None,
    }
}

/// The refusal before, to tell apart several of one row, rule and column: a select may make several
/// rows of one. They become `column`, `column#2`, `column#3`.
struct Last {
    place: (u32, i64),
    rule: String,
    column: String,
    count: u32,
}

impl Last {
    fn new(place: (u32, i64), rule: &str, column: &str, before: Option<&Last>) -> Last {
        let count = match before {
            Some(before)
                if before.place == place && before.rule == rule && before.column == column =>
            {
                before.count + 1
            }
            _ => 1,
        };
        Last {
            place,
            rule: rule.to_owned(),
            column: column.to_owned(),
            count,
        }
    }

    fn column_name(&self) -> String {
        match self.count {
            1 => self.column.clone(),
            count => format!("{}#{count}", self.column),
        }
    }
}
