//! What a compiled query gives: a plan, and what its columns mean.

use std::sync::Arc;

use contracts::{TableId, Titles};
use datafusion::logical_expr::{LogicalPlan, TableSource};
use serde::Serialize;

/// Where marts are found when a query is compiled: a publication's tables, or schemas alone.
pub trait MartTables {
    /// The table `mart`, or `None` when what is read does not hold it.
    fn mart(&self, mart: &TableId) -> Option<Arc<dyn TableSource>>;
}

/// A compiled query.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan; run it in a session whose tables it was compiled for.
    pub plan: LogicalPlan,
    /// Its columns, in order.
    pub columns: Vec<OutputColumn>,
}

/// A column of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputColumn {
    /// Its name in the plan.
    pub name: String,
    /// What it is.
    pub kind: OutputKind,
    /// The metric it belongs to.
    pub metric: Option<String>,
    /// Its title.
    pub title: Titles,
    /// The unit of its values.
    pub unit: Option<String>,
    /// How its values are printed, such as `0.00`.
    pub format: Option<String>,
}

/// What a column of the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// A dimension, or a column of a row query.
    Dimension,
    /// The time of the row at the query's grain.
    Period,
    /// The value of a metric.
    Value,
    /// Why the value is null: `no_data`, or the metric's own reason.
    Reason,
    /// The value a year before.
    Previous,
    /// The value less the one before.
    Change,
    /// That difference in percent of the one before.
    ChangePercent,
    /// Why the change is null: `no_data`, `no_previous` or `previous_is_zero`.
    ChangeReason,
}
