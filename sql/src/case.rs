//! Cases (`<model>.test.yaml`): given rows, expected rows, also of an inner step.
//!
//! ```yaml
//! - case: two half-hours add up to the day
//!   given:
//!     stg_meters__readings:
//!       - { site_id: s1, energy_kwh: 1.5 }
//!       - { site_id: s1, energy_kwh: 0.5 }
//!   expect:
//!     - { site_id: s1, energy_kwh: 2.0 }
//! ```
//!
//! `given` names source tables or upstream models; what it leaves out is empty, columns it leaves
//! out are null. `expect` lists every row; the columns compared are those it names anywhere.
//! `cte: name` looks at that step instead of the last select. `ordered: true` also compares order.

use contracts::Place;
use contracts::yaml::At;
use datafusion::arrow::datatypes::Schema;
use datafusion::common::ScalarValue;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::ModelError;
use crate::name::Input;
use crate::yaml::{Cell, Pairs};

/// One case of a model, checked: every table and column it names exists, every value has its type.
#[derive(Debug, Clone)]
pub struct Case {
    /// The sentence that names it.
    pub name: String,
    /// Where it stands.
    pub at: Place,
    /// Rows of the tables and models below, in the file's order.
    pub given: Vec<Given>,
    /// The rows the model, or its step, must give.
    pub expect: Rows,
    /// The step looked at, when it is not the last select.
    pub cte: Option<String>,
    /// Whether the order of rows counts.
    pub is_ordered: bool,
}

/// The rows a case gives one table or upstream model.
#[derive(Debug, Clone)]
pub struct Given {
    /// The table or model.
    pub input: Input,
    /// Its rows.
    pub rows: Rows,
}

/// Rows over the columns that the case names, each value of the column's type.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The columns named by any row, in the order first named.
    pub columns: Vec<String>,
    /// A value for each column; null where a row leaves a column out.
    pub rows: Vec<Vec<ScalarValue>>,
}

/// A case as it is written.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Case", deny_unknown_fields)]
pub(crate) struct CaseFile {
    /// A sentence that says what the case shows.
    case: At<String>,
    /// Rows by source table (`schema.table`) or upstream model; what is left out is empty.
    #[serde(default)]
    given: Pairs<Vec<RowFile>>,
    /// Every row the model must give; only the columns named here are compared.
    expect: Vec<RowFile>,
    /// Look at this step of the model instead of its last select.
    #[serde(default)]
    cte: Option<At<String>>,
    /// Whether the order of rows is compared too.
    #[serde(default)]
    ordered: bool,
}

/// Column to value; a column left out is null.
type RowFile = Pairs<At<Cell>>;

/// Reads the cases of one file.
pub(crate) fn read(path: &str, text: &str, faults: &mut Vec<ModelError>) -> Option<Vec<CaseFile>> {
    let read = contracts::yaml::read(path, text);
    faults.extend(read.faults.into_iter().map(ModelError::Yaml));
    read.value
}

/// What the checks of a case need to know of its model.
pub(crate) trait CaseScope {
    /// The input called `name` and its columns: `None` when there is no such table or model,
    /// `Some(Err)` when there is one that the model does not read.
    fn input(&self, name: &str) -> Option<Result<(Input, Schema), Input>>;
    /// Every name a case of this model may give.
    fn input_names(&self) -> Vec<String>;
    /// The columns of the step, or of the last select for `None`.
    fn output(&self, cte: Option<&str>) -> Option<Schema>;
    /// The names of the steps.
    fn step_names(&self) -> Vec<String>;
}

/// Checks the cases of one file against the model they belong to.
pub(crate) fn check(
    path: &str,
    files: Vec<CaseFile>,
    scope: &dyn CaseScope,
    faults: &mut Vec<ModelError>,
) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let at = Place::new(path, file.case.line);
        if let Some(first) = cases.iter().find(|case| case.name == file.case.value) {
            faults.push(ModelError::DuplicateCase {
                at: at.clone(),
                case: file.case.value.clone(),
                first: first.at.clone(),
            });
        }
        let given = check_given(path, file.given, scope, faults);
        let cte = file.cte.as_ref().map(|cte| cte.value.as_str());
        let Some(output) = scope.output(cte) else {
            if let Some(cte) = &file.cte {
                faults.push(ModelError::UnknownStep {
                    at: Place::new(path, cte.line),
                    step: cte.value.clone(),
                    choices: scope.step_names(),
                });
            }
            continue;
        };
        let expect = check_rows(path, &file.expect, &output, None, faults);
        cases.push(Case {
            name: file.case.value,
            at,
            given,
            expect,
            cte: file.cte.map(|cte| cte.value),
            is_ordered: file.ordered,
        });
    }
    cases
}

fn check_given(
    path: &str,
    tables: Pairs<Vec<RowFile>>,
    scope: &dyn CaseScope,
    faults: &mut Vec<ModelError>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for (table, rows) in tables.0 {
        let at = Place::new(path, table.line);
        match scope.input(&table.value) {
            None => faults.push(ModelError::unknown_table(
                at,
                table.value.clone(),
                scope.input_names(),
            )),
            Some(Err(input)) => faults.push(ModelError::GivenNotRead {
                at,
                table: input.to_string(),
                choices: scope.input_names(),
            }),
            Some(Ok((input, schema))) => {
                let rows = check_rows(path, &rows, &schema, Some(&table.value), faults);
                given.push(Given { input, rows });
            }
        }
    }
    given
}

fn check_rows(
    path: &str,
    rows: &[RowFile],
    schema: &Schema,
    table: Option<&str>,
    faults: &mut Vec<ModelError>,
) -> Rows {
    let mut columns: Vec<String> = Vec::new();
    for (key, _) in rows.iter().flat_map(|row| &row.0) {
        if columns.contains(&key.value) {
            continue;
        }
        if schema.column_with_name(&key.value).is_none() {
            let choices: Vec<String> = schema
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .collect();
            faults.push(ModelError::unknown_column(
                Place::new(path, key.line),
                key.value.clone(),
                table.map(str::to_owned),
                choices,
            ));
            continue;
        }
        columns.push(key.value.clone());
    }
    let mut checked = Vec::with_capacity(rows.len());
    for row in rows {
        let mut values = Vec::with_capacity(columns.len());
        for column in &columns {
            let cell = row.0.iter().find(|(key, _)| key.value == *column);
            let text = cell.and_then(|(_, cell)| cell.value.0.as_deref());
            let Some((_, field)) = schema.column_with_name(column) else {
                continue;
            };
            match crate::value::parse_value(text, field.data_type()) {
                Ok(value) => values.push(value),
                Err(reason) => {
                    faults.push(ModelError::CaseValue {
                        at: Place::new(path, cell.map_or(0, |(_, cell)| cell.line)),
                        column: column.clone(),
                        value: text.unwrap_or("null").to_owned(),
                        expected: crate::value::type_name(field.data_type()),
                        reason,
                    });
                    values.push(ScalarValue::Null);
                }
            }
        }
        checked.push(values);
    }
    Rows {
        columns,
        rows: checked,
    }
}
