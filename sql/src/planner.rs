//! Plans a file's statement against the schemas below it, and says which names are wrong.
//!
//! The planner is DataFusion's; the tables behind it are schemas only, so nothing is read and
//! nothing waits. Steps are planned one by one: a fault in one CTE does not hide those of the next.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use contracts::Place;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Column, DFSchema, DataFusionError, SchemaError, Span, TableReference};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::logical_plan::builder::LogicalTableSource;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner, TypePlanner};
use datafusion::logical_expr::{
    AggregateUDF, Expr, ExprSchemable, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource,
    WindowUDF,
};
use datafusion::prelude::SessionConfig;
use datafusion::sql::planner::{ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast::{Query, Statement};

use crate::error::ModelError;
use crate::place;
use crate::references::references;
use crate::statement::SqlFile;
use crate::units::StepPlan;

/// Schemas by name: sources as `schema.table`, models by bare name.
pub(crate) type Schemas = HashMap<String, SchemaRef>;

/// Plans statements over schemas.
pub(crate) struct Planner {
    state: SessionState,
    options: ParserOptions,
}

/// A file whose names are all right: the columns of its steps and of its last select.
pub(crate) struct Planned {
    pub steps: Vec<(String, SchemaRef)>,
    pub output: SchemaRef,
    /// The plans of the steps, each over the steps before it, and of the last select.
    pub plans: Vec<StepPlan>,
}

impl Planner {
    pub fn new() -> Self {
        let mut config = SessionConfig::new();
        config.options_mut().sql_parser.parse_float_as_decimal = true;
        let state = SessionStateBuilder::new_with_default_features()
            .with_config(config)
            .build();
        let options = ParserOptions::new()
            .with_parse_float_as_decimal(true)
            .with_map_string_types_to_utf8view(false)
            .with_collect_spans(true);
        Self { state, options }
    }

    /// Plans `file` over `schemas`; `unknown` are names that have no schema because they are at
    /// fault themselves, so a step that reads one is passed over in silence.
    pub fn plan_file(
        &self,
        file: &SqlFile,
        schemas: &Schemas,
        unknown: &BTreeSet<String>,
        faults: &mut Vec<ModelError>,
    ) -> Option<Planned> {
        let mut visible = schemas.clone();
        let mut hidden = unknown.clone();
        let mut steps = Vec::new();
        let mut plans = Vec::new();
        let mut is_sound = true;
        if !file.is_recursive() {
            for (name, at, query) in file.ctes() {
                match self.plan_step(file, query, &visible, &hidden, &at, faults) {
                    Some(plan) => {
                        let schema = schema_of(&plan);
                        hidden.remove(&name);
                        steps.push((name.clone(), Arc::clone(&schema)));
                        visible.insert(name.clone(), schema);
                        let name = Some(name);
                        plans.push(StepPlan { name, at, plan });
                    }
                    None => {
                        is_sound = false;
                        visible.remove(&name);
                        hidden.insert(name);
                    }
                }
            }
        }
        let at = file.last_select_at();
        if file.is_recursive() {
            let plan = self.plan_step(file, &file.query, schemas, unknown, &at, faults)?;
            let output = schema_of(&plan);
            let name = None;
            plans.push(StepPlan { name, at, plan });
            return Some(Planned {
                steps,
                output,
                plans,
            });
        }
        let mut last = file.query.clone();
        last.with = None;
        let plan = self.plan_step(file, &last, &visible, &hidden, &at, faults);
        let plan = plan.filter(|_| is_sound)?;
        let output = schema_of(&plan);
        let name = None;
        plans.push(StepPlan { name, at, plan });
        Some(Planned {
            steps,
            output,
            plans,
        })
    }

    fn plan_step(
        &self,
        file: &SqlFile,
        query: &Query,
        visible: &Schemas,
        unknown: &BTreeSet<String>,
        at: &Place,
        faults: &mut Vec<ModelError>,
    ) -> Option<LogicalPlan> {
        let reads_unknown = references(&file.path, query)
            .tables
            .iter()
            .any(|table| unknown.contains(&table.name()));
        if reads_unknown {
            return None;
        }
        self.plan_query(query, visible, at, faults)
    }

    fn plan_query(
        &self,
        query: &Query,
        visible: &Schemas,
        at: &Place,
        faults: &mut Vec<ModelError>,
    ) -> Option<LogicalPlan> {
        let statement = Statement::Query(Box::new(query.clone()));
        let context = Context {
            planner: self,
            schemas: visible,
        };
        let planned = SqlToRel::new_with_options(&context, self.options)
            .sql_statement_to_plan(statement)
            .and_then(|plan| self.analyze(plan));
        match planned {
            Ok(plan) => Some(plan),
            Err(error) => {
                explain(error, None, at, faults);
                None
            }
        }
    }

    /// Coerces types as execution will, so the schema is the one rows will have.
    fn analyze(&self, plan: LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
        self.state
            .analyzer()
            .execute_and_check(plan, self.state.config_options(), |_, _| {})
    }
}

fn schema_of(plan: &LogicalPlan) -> SchemaRef {
    Arc::new(plan.schema().as_arrow().clone())
}

/// Turns the planner's refusal into faults with places.
fn explain(error: DataFusionError, span: Option<Span>, at: &Place, faults: &mut Vec<ModelError>) {
    let place_of = |span: Option<Span>| match span {
        Some(span) => place::at_line(&at.file, span.start.line),
        None => at.clone(),
    };
    let fault = match error {
        DataFusionError::Collection(errors) => {
            for error in errors {
                explain(error, span, at, faults);
            }
            return;
        }
        DataFusionError::Diagnostic(diagnostic, inner) => {
            return explain(*inner, diagnostic.span.or(span), at, faults);
        }
        DataFusionError::Context(_, inner) => return explain(*inner, span, at, faults),
        DataFusionError::SchemaError(inner, _) => match *inner {
            SchemaError::FieldNotFound {
                field,
                valid_fields,
            } => unknown_column(
                &field,
                &valid_fields,
                place_of(span.or(field.spans().first())),
            ),
            SchemaError::AmbiguousReference { field } => ModelError::AmbiguousColumn {
                at: place_of(span.or(field.spans().first())),
                column: field.name,
            },
            other => refusal(place_of(span), &other.to_string()),
        },
        other => refusal(place_of(span), &other.message()),
    };
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// The planner's sentence, with what it proposes apart from it.
fn refusal(at: Place, text: &str) -> ModelError {
    let mut lines = text.lines().map(str::trim);
    let message = lines.next().unwrap_or_default().trim_end_matches('.');
    let advice: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    ModelError::Plan {
        at,
        message: message.to_owned(),
        advice: (!advice.is_empty()).then(|| advice.join(" ")),
    }
}

fn unknown_column(field: &Column, valid: &[Column], at: Place) -> ModelError {
    let choices = valid
        .iter()
        .filter(|column| field.relation.is_none() || column.relation == field.relation)
        .map(|column| column.name.clone())
        .collect();
    let table = field.relation.as_ref().map(ToString::to_string);
    ModelError::unknown_column(at, field.name.clone(), table, choices)
}

struct Context<'a> {
    planner: &'a Planner,
    schemas: &'a Schemas,
}

impl ContextProvider for Context<'_> {
    fn get_table_source(
        &self,
        name: TableReference,
    ) -> Result<Arc<dyn TableSource>, DataFusionError> {
        let key = match name.schema() {
            Some(schema) => format!("{schema}.{}", name.table()),
            None => name.table().to_owned(),
        };
        match self.schemas.get(&key) {
            Some(schema) => Ok(Arc::new(LogicalTableSource::new(Arc::clone(schema)))),
            None => Err(DataFusionError::Plan(format!("there is no table `{key}`"))),
        }
    }

    fn get_table_function_source(
        &self,
        name: &str,
        args: Vec<Expr>,
    ) -> Result<Arc<dyn TableSource>, DataFusionError> {
        // The two series functions are the only table functions of the session; both give `value`.
        if !matches!(name, "generate_series" | "range") {
            return Err(DataFusionError::Plan(format!(
                "there is no table function `{name}`"
            )));
        }
        let of_first = args
            .first()
            .and_then(|first| first.get_type(&DFSchema::empty()).ok());
        let data_type = of_first.unwrap_or(DataType::Int64);
        let schema = Schema::new(vec![Field::new("value", data_type, true)]);
        Ok(Arc::new(LogicalTableSource::new(Arc::new(schema))))
    }

    fn create_cte_work_table(
        &self,
        _name: &str,
        schema: SchemaRef,
    ) -> Result<Arc<dyn TableSource>, DataFusionError> {
        Ok(Arc::new(LogicalTableSource::new(schema)))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.planner.state.expr_planners()
    }

    fn get_type_planner(&self) -> Option<Arc<dyn TypePlanner>> {
        None
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.planner.state.scalar_functions().get(name).cloned()
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.planner
            .state
            .higher_order_functions()
            .get(name)
            .cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.planner.state.aggregate_functions().get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.planner.state.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.planner.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        self.planner
            .state
            .scalar_functions()
            .keys()
            .cloned()
            .collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        self.planner
            .state
            .higher_order_functions()
            .keys()
            .cloned()
            .collect()
    }

    fn udaf_names(&self) -> Vec<String> {
        self.planner
            .state
            .aggregate_functions()
            .keys()
            .cloned()
            .collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        self.planner
            .state
            .window_functions()
            .keys()
            .cloned()
            .collect()
    }
}
