//! Conform: offered rows to rows of the contract, and what is wrong with the others.
//!
//! Begin with [`Conform::new`] (a job against its contract), [`Conform::plan`] (against the columns a
//! file's select gives) and [`Conform::batch`]. Column by column: [`read`] turns text into values,
//! converts units and rounds once; [`check`] applies the contract's column rules; [`mod@derive`] fills
//! derived columns; [`row_check`] evaluates the rules over the row; [`pseudonym`] replaces persons.
//!
//! A row that breaks a rule is refused once, under the first rule in the order of the contract's
//! columns (row rules last), and its message names every rule it breaks. Rules of a column see only
//! values that could be read; a rule over the row is not asked where a column it looks at is at fault.
//!
//! | rule | broken by |
//! |---|---|
//! | `required` | no value where there must be one |
//! | those of [`contracts::parse::ValueError::rule`] | text that is no value of the type |
//! | `invalid_uscc`, `invalid_region`, `invalid_plate`, … | a code of the wrong shape or check digit |
//! | `range`, `one_of`, `pattern`, `length`, `not_future` | a value the contract does not admit |
//! | `derived` | a month, day or year that is not that of its date |
//! | the row check's own name | an expression that is false |

mod check;
mod derive;
mod fault;
pub(crate) mod pseudonym;
mod read;
mod row_check;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, UInt32Array, new_null_array,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, Schema, SchemaRef, UInt32Type};
use chrono::{DateTime, Utc};
use contracts::text::nearest;
use contracts::{Contract, Severity};
use datafusion::prelude::SessionContext;

use crate::error::{Doing, IngestError};
use crate::job::Job;
use crate::load::sort::offered_schema;
use crate::select::{ORIGIN, ROW};
use check::Check;
use derive::Derive;
use fault::Faults;
use pseudonym::{PseudonymKey, Pseudonyms};
use read::Reader;
use row_check::RowChecks;

/// A job's rules, ready for rows.
pub(crate) struct Conform {
    contract: Arc<Contract>,
    job: String,
    columns: Vec<Column>,
    checks: RowChecks,
    pseudonyms: Option<Pseudonyms>,
    offered: SchemaRef,
    /// The columns that decide which row of the table a row is: key and partition.
    identity: Vec<usize>,
}

/// How one column of the contract is made.
struct Column {
    name: String,
    is_required: bool,
    reader: Reader,
    checks: Vec<Check>,
    derive: Option<Derive>,
    is_pseudonym: bool,
}

/// A [`Conform`] for the columns a select gives.
pub(crate) struct ConformPlan {
    /// For each column of the contract where the select gives it.
    sources: Vec<Option<usize>>,
    origin: usize,
    row: usize,
}

/// What became of a batch of offered rows.
pub(crate) struct Conformed {
    /// Where each offered row came from.
    pub origins: UInt32Array,
    /// Its row of the file.
    pub rows: Int64Array,
    /// Rows to load, with the offered schema; among them, marked, those refused rows whose key is
    /// known.
    pub offered: RecordBatch,
    /// Rows refused.
    pub refused: Vec<RefusedRow>,
    /// Values rounded, by column.
    pub rounded: BTreeMap<String, u64>,
    /// Rows loaded although they break a rule of severity warning, by rule.
    pub warnings: BTreeMap<String, u64>,
}

/// A row that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedRow {
    pub origin: u32,
    pub row: i64,
    pub rule: String,
    /// The contract's column; empty for a rule over the row.
    pub column: String,
    pub raw: Option<String>,
    pub message: String,
}

impl Conform {
    /// The rules of `job` for rows of `contract`.
    ///
    /// # Errors
    /// When a row check is no boolean expression, or pseudonyms are needed and there is no key.
    pub(crate) fn new(
        job: &Job,
        contract: &Arc<Contract>,
        key: Option<&PseudonymKey>,
        now: DateTime<Utc>,
        session: &SessionContext,
    ) -> Result<Conform, IngestError> {
        let columns = contract
            .columns
            .iter()
            .map(|column| Column {
                name: column.name.to_string(),
                is_required: column.required,
                reader: Reader::new(column, &job.reading),
                checks: column
                    .checks
                    .iter()
                    .map(|check| Check::new(check, column, now))
                    .collect(),
                derive: column
                    .derived
                    .as_ref()
                    .map(|derived| Derive::new(derived, contract)),
                is_pseudonym: column.pseudonym,
            })
            .collect::<Vec<_>>();
        let pseudonyms = match (columns.iter().find(|column| column.is_pseudonym), key) {
            (None, _) => None,
            (Some(_), Some(key)) => Some(Pseudonyms::new(key)),
            (Some(column), None) => {
                return Err(IngestError::PseudonymKeyMissing {
                    table: contract.id.clone(),
                    column: column.name.clone(),
                });
            }
        };
        let offered = offered_schema(contract);
        let identity = contract.key.iter().chain(&contract.partition_by);
        let identity = identity
            .filter_map(|name| offered.index_of(name.as_str()).ok())
            .collect();
        Ok(Conform {
            contract: Arc::clone(contract),
            job: job.name.to_string(),
            checks: RowChecks::new(contract, &offered, session)?,
            columns,
            pseudonyms,
            offered,
            identity,
        })
    }

    /// The contract.
    pub(crate) fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Where offered rows have the mark of refused ones.
    pub(crate) fn refused_column(&self) -> usize {
        self.columns.len() + 2
    }

    /// Finds the contract's columns among those a select gives.
    ///
    /// # Errors
    /// The first column the contract does not have, that is missing, or whose type cannot be read.
    pub(crate) fn plan(&self, select: &Schema) -> Result<ConformPlan, IngestError> {
        let place = |name| select.index_of(name).map_err(Doing::Conforming.failed());
        for field in select.fields() {
            let name = field.name();
            if name.starts_with('_') {
                continue;
            }
            if self.contract.column(name).is_none() {
                return Err(IngestError::OutputUnknown {
                    job: self.job.clone(),
                    column: name.clone(),
                    table: self.contract.id.clone(),
                    nearest: nearest(name, self.contract.column_names()).map(str::to_owned),
                });
            }
        }
        let mut sources = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let source = select.index_of(&column.name).ok();
            match source {
                Some(index) => {
                    let found = select.field(index).data_type();
                    if !column.reader.accepts(found) {
                        return Err(IngestError::OutputType {
                            job: self.job.clone(),
                            column: column.name.clone(),
                            found: found.to_string(),
                            expected: column.reader.expected(),
                        });
                    }
                }
                None if column.is_required && column.derive.is_none() => {
                    return Err(IngestError::OutputMissing {
                        job: self.job.clone(),
                        column: column.name.clone(),
                        table: self.contract.id.clone(),
                    });
                }
                None => {}
            }
            sources.push(source);
        }
        Ok(ConformPlan {
            sources,
            origin: place(ORIGIN)?,
            row: place(ROW)?,
        })
    }

    /// Conforms one batch of a select's rows.
    ///
    /// # Errors
    /// Of the engine only; what is wrong with rows is in the answer.
    pub(crate) fn batch(
        &self,
        plan: &ConformPlan,
        rows: &RecordBatch,
    ) -> Result<Conformed, IngestError> {
        let count = rows.num_rows();
        let mut faults = Faults::default();
        let mut rounded = BTreeMap::new();
        let mut values: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 3);
        for (index, column) in self.columns.iter().enumerate() {
            let begin = faults.len();
            let given = match plan.sources[index] {
                None => None,
                Some(source) => {
                    let read = column
                        .reader
                        .read(rows.column(source), index, &mut faults)?;
                    if read.rounded > 0 {
                        rounded.insert(column.name.clone(), read.rounded);
                    }
                    Some(read.values)
                }
            };
            let nothing = || new_null_array(self.offered.field(index).data_type(), count);
            values.push(given.unwrap_or_else(nothing));
            // A derived column waits for its source, which may stand behind it.
            if column.derive.is_none() {
                column.check(&mut values[index], index, begin, &mut faults);
            }
        }
        for (index, column) in self.columns.iter().enumerate() {
            if let Some(derive) = &column.derive {
                let given = plan.sources[index]
                    .is_some()
                    .then(|| Arc::clone(&values[index]));
                values[index] = derive.column(&values, given.as_ref(), index, &mut faults)?;
                // Whatever is wrong with its source explains why it has no value.
                column.check(&mut values[index], index, 0, &mut faults);
            }
        }
        values.push(Arc::clone(rows.column(plan.origin)));
        values.push(Arc::clone(rows.column(plan.row)));
        values.push(Arc::new(BooleanArray::from(BooleanBuffer::new_unset(
            count,
        ))));
        let read = RecordBatch::try_new(Arc::clone(&self.offered), values)
            .map_err(Doing::Conforming.failed())?;
        let warned = self.checks.apply(&read, &mut faults)?;
        let warnings = warnings(&self.contract, &warned, &faults, count);
        let refused = self.refused(plan, rows, &read, faults);
        Ok(Conformed {
            origins: read
                .column(self.columns.len())
                .as_primitive::<UInt32Type>()
                .clone(),
            rows: read
                .column(self.columns.len() + 1)
                .as_primitive::<Int64Type>()
                .clone(),
            offered: self.offered(read, &refused)?,
            refused: refused.into_iter().map(|(_, row)| row).collect(),
            rounded,
            warnings,
        })
    }

    /// The rows to load, and of the refused ones those whose place in the table is known.
    fn offered(
        &self,
        read: RecordBatch,
        refused: &[(usize, RefusedRow)],
    ) -> Result<RecordBatch, IngestError> {
        let read = self.with_pseudonyms(read);
        if refused.is_empty() {
            return Ok(read);
        }
        let mut is_refused = vec![false; read.num_rows()];
        let mut stays = vec![true; read.num_rows()];
        for (row, _) in refused {
            is_refused[*row] = true;
            stays[*row] = self
                .identity
                .iter()
                .all(|index| read.column(*index).is_valid(*row));
        }
        let mut columns = read.columns().to_vec();
        let mark = columns.len() - 1;
        columns[mark] = Arc::new(BooleanArray::from(is_refused));
        let marked =
            RecordBatch::try_new(read.schema(), columns).map_err(Doing::Conforming.failed())?;
        filter_record_batch(&marked, &BooleanArray::from(stays)).map_err(Doing::Conforming.failed())
    }

    fn with_pseudonyms(&self, read: RecordBatch) -> RecordBatch {
        let Some(pseudonyms) = &self.pseudonyms else {
            return read;
        };
        let mut columns = read.columns().to_vec();
        for (index, column) in self.columns.iter().enumerate() {
            if column.is_pseudonym {
                columns[index] = pseudonyms.column(&columns[index]);
            }
        }
        RecordBatch::try_new(read.schema(), columns).expect("text for text, as many as before")
    }

    /// One refusal a row, in the order of rows: the first rule, and every rule in the message.
    fn refused(
        &self,
        plan: &ConformPlan,
        rows: &RecordBatch,
        read: &RecordBatch,
        faults: Faults,
    ) -> Vec<(usize, RefusedRow)> {
        let origins = read.column(self.columns.len()).as_primitive::<UInt32Type>();
        let file_rows = read
            .column(self.columns.len() + 1)
            .as_primitive::<Int64Type>();
        let mut refused = Vec::new();
        for faults in faults.by_row().chunk_by(|a, b| a.row == b.row) {
            let first = &faults[0];
            let column = first.column.map(|index| &self.columns[index]);
            let raw = first.column.and_then(|index| {
                let raw = read::raw(rows.column(plan.sources[index]?), first.row)?;
                match (&self.pseudonyms, self.columns[index].is_pseudonym) {
                    (Some(pseudonyms), true) => Some(pseudonyms.of(&raw)),
                    _ => Some(raw),
                }
            });
            let messages: Vec<String> = faults
                .iter()
                .map(|fault| match fault.column {
                    Some(index) if self.columns[index].is_pseudonym => {
                        format!("`{}` breaks `{}`", self.columns[index].name, fault.rule)
                    }
                    Some(index) => format!("`{}`: {}", self.columns[index].name, fault.detail),
                    None => fault.detail.clone(),
                })
                .collect();
            refused.push((
                first.row,
                RefusedRow {
                    origin: origins.value(first.row),
                    row: file_rows.value(first.row),
                    rule: first.rule.to_string(),
                    column: column.map(|column| column.name.clone()).unwrap_or_default(),
                    raw,
                    message: messages.join("; "),
                },
            ));
        }
        refused
    }
}

impl Column {
    /// Applies the column's rules; faults since `begin` explain values that are missing.
    fn check(&self, values: &mut ArrayRef, index: usize, begin: usize, faults: &mut Faults) {
        for check in &self.checks {
            if let Some(normal) = check.apply(values, index, faults) {
                *values = normal;
            }
        }
        if self.is_required {
            check::required(values, index, begin, faults);
        }
    }
}

/// How many of the rows that are loaded break each rule of severity warning.
fn warnings(
    contract: &Contract,
    warned: &[(usize, BooleanBuffer)],
    faults: &Faults,
    count: usize,
) -> BTreeMap<String, u64> {
    let loaded = faults.rows_without(count);
    warned
        .iter()
        .map(|(check, broken)| {
            let check = &contract.checks[*check];
            debug_assert_eq!(check.severity, Severity::Warning);
            (
                check.name.clone(),
                (broken & &loaded).count_set_bits() as u64,
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[cfg(test)]
mod tests;
