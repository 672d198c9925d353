//! A metric query as a plan.
//!
//! 1. Metrics are grouped into branches: one for each mart, year compared, and kind over time.
//! 2. A branch scans its mart once, filters, and aggregates numerators and denominators to the keys of
//!    the answer (dimensions and time). A branch of the year before moves its time one year later, so
//!    that its keys are those it is compared with.
//! 3. Branches are laid over each other by a union and an aggregate over the keys. Unlike joins this
//!    keeps keys that only one branch has, and keys that are null.
//! 4. Ratios, reasons and changes are computed from the measures, and rows are put in order.

use contracts::{Contracts, Titles};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, ident};

use super::Metrics;
use super::asked::Asked;
use super::branch::branches;
use super::error::QueryError;
use super::output::{Compiled, MartTables};
use super::query::MetricQuery;
use super::values::Answer;

/// Compiles `query` over the marts of `tables`.
///
/// # Errors
/// When the query asks for what its metrics do not have.
pub fn compile(
    query: &MetricQuery,
    metrics: &Metrics,
    contracts: &Contracts,
    tables: &dyn MartTables,
) -> Result<Compiled, QueryError> {
    let asked = Asked::read(query, metrics)?;
    let mut plans: Vec<LogicalPlan> = Vec::new();
    for branch in branches(&asked) {
        plans.push(branch.plan(&asked, tables)?);
    }
    let plan = overlay(plans, &asked.keys())?;
    Answer::new(query, &asked, contracts).finish(plan)
}

/// Lays the branches over each other: each measure has a value in one branch only.
fn overlay(branches: Vec<LogicalPlan>, keys: &[String]) -> Result<LogicalPlan, QueryError> {
    let mut branches = branches.into_iter();
    let Some(first) = branches.next() else {
        return Err(QueryError::NoMetric);
    };
    if branches.len() == 0 {
        return Ok(first);
    }
    let mut all = LogicalPlanBuilder::from(first);
    for branch in branches {
        all = all.union_by_name(branch)?;
    }
    let measures: Vec<Expr> = all
        .schema()
        .fields()
        .iter()
        .filter(|field| !keys.contains(field.name()))
        .map(|field| max(ident(field.name())).alias(field.name()))
        .collect();
    let keys: Vec<Expr> = keys.iter().map(ident).collect();
    Ok(all.aggregate(keys, measures)?.build()?)
}

/// Titles of the columns that no contract names.
pub(super) fn titles(zh: impl Into<String>, en: impl Into<String>) -> Titles {
    Titles {
        zh: zh.into(),
        en: en.into(),
    }
}

/// The order of the answer's rows.
pub(super) fn ascending(name: &str) -> SortExpr {
    ident(name).sort(true, false)
}
