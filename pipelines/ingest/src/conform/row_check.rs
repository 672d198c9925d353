//! Rules over the columns of a row: SQL expressions, planned once, evaluated on batches.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{DataType, SchemaRef};
use contracts::{Contract, Severity};
use datafusion::common::{DFSchema, DataFusionError, plan_datafusion_err};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::prelude::SessionContext;

use super::fault::Faults;
use crate::error::IngestError;

/// The row checks of a contract.
pub(super) struct RowChecks(Vec<RowCheck>);

struct RowCheck {
    /// Its index in the contract.
    index: usize,
    name: String,
    message: String,
    severity: Severity,
    expression: Arc<dyn PhysicalExpr>,
    /// The columns it looks at.
    columns: HashSet<usize>,
}

impl RowChecks {
    /// Plans the checks for batches whose first columns are the contract's.
    pub(super) fn new(
        contract: &Contract,
        schema: &SchemaRef,
        session: &SessionContext,
    ) -> Result<RowChecks, IngestError> {
        let planned = contract.checks.iter().enumerate().map(|(index, check)| {
            let expression = plan(&check.expression, schema, session).map_err(|source| {
                IngestError::CheckUnusable {
                    table: contract.id.clone(),
                    check: check.name.clone(),
                    place: check.place.to_string(),
                    source: Box::new(source),
                }
            })?;
            let columns = collect_columns(&expression);
            Ok(RowCheck {
                columns: columns.iter().map(|column| column.index()).collect(),
                index,
                name: check.name.clone(),
                message: check.message.zh.clone(),
                severity: check.severity,
                expression,
            })
        });
        Ok(RowChecks(planned.collect::<Result<_, IngestError>>()?))
    }

    /// Notes the rows that break rules of severity error; answers, by index in the contract, which
    /// break those of severity warning.
    pub(super) fn apply(
        &self,
        rows: &RecordBatch,
        faults: &mut Faults,
    ) -> Result<Vec<(usize, BooleanBuffer)>, IngestError> {
        let mut warned = Vec::new();
        for check in &self.0 {
            let outcome = check.broken(rows);
            match check.severity {
                Severity::Warning => warned.push((check.index, outcome.broken)),
                Severity::Error => {
                    // A value that could not be read is not a value that is not there.
                    let unread = faults.rows_in(&check.columns);
                    for row in outcome.broken.set_indices() {
                        if unread.contains(&row) {
                            continue;
                        }
                        let detail = match outcome.failed.iter().find(|(failed, _)| *failed == row)
                        {
                            None => check.message.clone(),
                            Some((_, why)) => format!("{} ({why})", check.message),
                        };
                        faults.add(row, None, check.name.clone(), detail);
                    }
                }
            }
        }
        Ok(warned)
    }
}

struct Outcome {
    broken: BooleanBuffer,
    /// Rows on which the expression itself fails, and why: they break the rule too.
    failed: Vec<(usize, String)>,
}

impl RowCheck {
    fn broken(&self, rows: &RecordBatch) -> Outcome {
        if let Ok(holds) = self.holds(rows) {
            return Outcome {
                broken: breaks(&holds),
                failed: Vec::new(),
            };
        }
        // Some row makes it fail (a division by zero, an overflow): look at each by itself.
        let mut failed = Vec::new();
        let broken = (0..rows.num_rows())
            .map(|row| match self.holds(&rows.slice(row, 1)) {
                Ok(holds) => breaks(&holds).value(0),
                Err(error) => {
                    failed.push((row, error.strip_backtrace()));
                    true
                }
            })
            .collect();
        Outcome { broken, failed }
    }

    fn holds(&self, rows: &RecordBatch) -> Result<BooleanArray, DataFusionError> {
        let holds = self
            .expression
            .evaluate(rows)?
            .into_array(rows.num_rows())?;
        Ok(holds.as_boolean().clone())
    }
}

/// Where it is false; nothing passes.
fn breaks(holds: &BooleanArray) -> BooleanBuffer {
    let is_false = !holds.values();
    match holds.nulls() {
        None => is_false,
        Some(nulls) => &is_false & nulls.inner(),
    }
}

fn plan(
    expression: &str,
    schema: &SchemaRef,
    session: &SessionContext,
) -> Result<Arc<dyn PhysicalExpr>, DataFusionError> {
    let columns = DFSchema::try_from(Arc::clone(schema))?;
    let state = session.state();
    let logical = state.create_logical_expr(expression, &columns)?;
    // Some functions (`coalesce`, `nvl`) exist only until they are simplified to `case`; a session
    // coerces types of a lone expression and leaves that to the optimiser of whole plans.
    let context = SimplifyContext::builder()
        .with_schema(Arc::new(columns.clone()))
        .with_config_options(Arc::clone(state.config_options()))
        .build();
    let simplifier = ExprSimplifier::new(context);
    let simple = simplifier.simplify(simplifier.coerce(logical, &columns)?)?;
    let planned = state.create_physical_expr(simple, &columns)?;
    match planned.data_type(schema)? {
        DataType::Boolean => Ok(planned),
        other => Err(plan_datafusion_err!("it gives {other}, not true or false")),
    }
}
