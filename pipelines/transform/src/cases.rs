//! Runs cases: a model over the rows its case gives, in memory, compared to the last digit.

use std::sync::Arc;

use contracts::{Contract, Contracts};
use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use models::{Case, Input, Model, Models, Rows, nullable};
use serde::Serialize;

use crate::build::with_causes;
use crate::compare::{Found, differences};
use crate::error::is_divide_by_zero;
use crate::session::{contract_columns, register_input, register_view, table_of};

/// Which cases to run.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// The models whose cases run; none means all.
    pub models: Vec<String>,
    /// Only cases whose name contains this text.
    pub name: Option<String>,
}

/// What running cases showed.
#[derive(Debug, Clone, Serialize)]
pub struct CasesReport {
    /// The cases run, by model in build order.
    pub cases: Vec<CaseReport>,
}

impl CasesReport {
    /// Whether all were right.
    pub fn passed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// Those that were not.
    pub fn failed(&self) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(|case| !case.passed)
    }
}

/// What one case showed.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// The model.
    pub model: String,
    /// The case.
    pub case: String,
    /// Where it stands, `file:line`.
    pub at: String,
    /// Whether the rows were those expected.
    pub passed: bool,
    /// How they differ, a line each.
    pub differences: Vec<String>,
}

/// Runs the cases of `models` that `filter` names.
pub async fn run_cases(models: &Models, contracts: &Contracts, filter: &CaseFilter) -> CasesReport {
    let mut reports = Vec::new();
    for model in models.in_order() {
        let is_named = filter.models.is_empty()
            || filter.models.iter().any(|name| name == model.name.as_str());
        if !is_named {
            continue;
        }
        for case in &model.cases {
            if filter
                .name
                .as_ref()
                .is_some_and(|name| !case.name.contains(name))
            {
                continue;
            }
            let differences = match run_case(models, contracts, model, case).await {
                Ok(differences) => differences,
                Err(error) if is_divide_by_zero(&error) => {
                    vec![format!("the model divides by zero ({})", model.path())]
                }
                Err(error) => vec![format!("the model fails: {}", with_causes(&error))],
            };
            reports.push(CaseReport {
                model: model.name.to_string(),
                case: case.name.clone(),
                at: case.at.to_string(),
                passed: differences.is_empty(),
                differences,
            });
        }
    }
    CasesReport { cases: reports }
}

async fn run_case(
    models: &Models,
    contracts: &Contracts,
    model: &Model,
    case: &Case,
) -> Result<Vec<String>, DataFusionError> {
    let session = session();
    for source in models.sources_below(&model.name) {
        let Some(contract) = contracts.get(&source) else {
            continue;
        };
        let input = Input::Source(source);
        let table = given_table(case, &input, &contract.table_schema())?;
        register_input(&session, &input, table)?;
    }
    let below = models.models_below(&model.name);
    for upstream in models.in_order().filter(|one| below.contains(&one.name)) {
        let input = Input::Model(upstream.name.clone());
        if case.given.iter().any(|given| given.input == input) {
            let stored = contracts.get(&table_of(&input));
            let schema =
                stored.map_or_else(|| Arc::clone(&upstream.output), Contract::arrow_schema);
            let table = given_table(case, &input, &schema)?;
            register_input(&session, &input, table)?;
        } else if let Some(contract) = contracts.get(&table_of(&input)) {
            // What reads a mart reads its table, so it sees the types of the contract here too.
            let rows = session.sql(upstream.sql()).await?;
            let table = rows.select(contract_columns(contract))?.into_view();
            register_input(&session, &input, table)?;
        } else {
            register_view(&session, upstream).await?;
        }
    }

    let step_sql = case.cte.as_deref().and_then(|step| model.step_sql(step));
    let sql = step_sql.as_deref().unwrap_or(model.sql());
    let rows = session.sql(sql).await?;
    let schema = Arc::new(rows.schema().as_arrow().clone());
    let batches = rows.collect().await?;
    let found = Found::new(&schema, &batches)?;
    // The grain tells rows apart in messages; the rows of a step have one of their own.
    let grain: Vec<String> = match case.cte {
        None => model.grain.iter().map(ToString::to_string).collect(),
        Some(_) => Vec::new(),
    };
    differences(&case.expect, &found, &grain, case.is_ordered)
}

/// The settings of the lake's sessions that decide values: exact literals, UTC, plain text. One
/// partition, because a case has a handful of rows.
pub(crate) fn session() -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(1);
    let options = config.options_mut();
    options.sql_parser.parse_float_as_decimal = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.time_zone = Some("UTC".to_owned());
    SessionContext::new_with_config(config)
}

fn given_table(
    case: &Case,
    input: &Input,
    schema: &Schema,
) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let schema: SchemaRef = Arc::new(nullable(schema));
    let given = case.given.iter().find(|given| given.input == *input);
    let batch = match given {
        Some(given) => batch(&given.rows, &schema)?,
        None => RecordBatch::new_empty(Arc::clone(&schema)),
    };
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
}

fn batch(rows: &Rows, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    let count = rows.rows.len();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let position = rows.columns.iter().position(|name| name == field.name());
        columns.push(match position {
            Some(position) if count > 0 => {
                let values = rows.rows.iter().map(|row| row[position].clone());
                ScalarValue::iter_to_array(values)?
            }
            _ => new_null_array(field.data_type(), count),
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    Ok(RecordBatch::try_new_with_options(
        Arc::clone(schema),
        columns,
        &options,
    )?)
}
