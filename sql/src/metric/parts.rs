//! One value of a metric taken apart: the mart rows that count, and what they come to.
//!
//! A [`MetricQuery`] without dimensions and grain asks for one value. [`parts`] gives the conditions
//! under which a mart's row counts for it, so that whoever explains the value shows the very rows
//! that [`compile`](super::compile()) aggregates.

use std::sync::Arc;

use datafusion::common::{ScalarValue, TableReference};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, ident};

use super::asked::Asked;
use super::error::QueryError;
use super::measure::type_of;
use super::output::MartTables;
use super::query::MetricQuery;
use super::{Measure, Metric, Metrics, OverTime};

/// The column of a measure's total.
pub const TOTAL: &str = "total";

/// What one value of a metric is made of.
pub struct Parts<'a> {
    /// The metric.
    pub metric: &'a Metric,
    source: Arc<dyn TableSource>,
    conditions: Vec<Expr>,
}

/// Takes the one value that `query` asks for apart.
///
/// # Errors
/// As [`compile`](super::compile()), and [`QueryError::NotOneValue`] for several values.
pub fn parts<'a>(
    query: &'a MetricQuery,
    metrics: &'a Metrics,
    tables: &dyn MartTables,
) -> Result<Parts<'a>, QueryError> {
    let asked = Asked::read(query, metrics)?;
    let [metric] = asked.metrics.as_slice() else {
        return Err(QueryError::NotOneValue);
    };
    if !asked.dimensions.is_empty() || asked.grain.is_some() || asked.compare.is_some() {
        return Err(QueryError::NotOneValue);
    }
    let mart = metric.mart.table();
    let source = tables
        .mart(&metric.mart)
        .ok_or_else(|| QueryError::MartNotPublished {
            mart: mart.to_owned(),
        })?;
    let schema = source.schema();
    let mut conditions = Vec::new();
    for filter in &asked.filters {
        conditions.push(filter.expression(type_of(&schema, mart, &filter.column)?)?);
    }
    if let Some(time) = &metric.time {
        let column = ident(time.column.as_str());
        conditions.extend(asked.range.condition(&column, time.grain));
    }
    Ok(Parts {
        metric,
        source,
        conditions,
    })
}

impl Parts<'_> {
    /// For a stock, the plan of the last time that counts; its rows alone make the value.
    ///
    /// # Errors
    /// A mistake of this program.
    pub fn last_time(&self) -> Result<Option<LogicalPlan>, QueryError> {
        let Some(time) = &self.metric.time else {
            return Ok(None);
        };
        if self.metric.over_time != OverTime::Last {
            return Ok(None);
        }
        let last = max(ident(time.column.as_str())).alias(TOTAL);
        let plan = self.filtered(&[])?.aggregate(Vec::<Expr>::new(), [last])?;
        Ok(Some(plan.build()?))
    }

    /// Keeps to the rows of one time.
    pub fn at(&mut self, time: ScalarValue) {
        if let Some(column) = &self.metric.time {
            let column = ident(column.column.as_str());
            let value = Expr::Literal(time, None);
            self.conditions.push(column.eq(value));
        }
    }

    /// The mart's rows that count for `measure`, with all their columns.
    ///
    /// # Errors
    /// A filter that does not fit the mart.
    pub fn rows(&self, measure: &Measure) -> Result<LogicalPlan, QueryError> {
        let schema = self.source.schema();
        let mart = self.metric.mart.table();
        let only = measure.only.iter();
        let only = only.map(|filter| filter.expression(type_of(&schema, mart, &filter.column)?));
        let only = only.collect::<Result<Vec<Expr>, QueryError>>()?;
        Ok(self.filtered(&only)?.build()?)
    }

    /// What the rows that count for `measure` come to, as the only column: [`TOTAL`].
    ///
    /// # Errors
    /// As [`Parts::rows`].
    pub fn sum_of_rows(&self, measure: &Measure) -> Result<LogicalPlan, QueryError> {
        let total = measure
            .aggregate(ident(measure.column.as_str()))
            .alias(TOTAL);
        let rows = LogicalPlanBuilder::from(self.rows(measure)?);
        Ok(rows.aggregate(Vec::<Expr>::new(), [total])?.build()?)
    }

    /// What `measure` comes to in the metric: zero, and not nothing, where there are rows but none
    /// that counts.
    ///
    /// # Errors
    /// As [`Parts::rows`].
    pub fn total(&self, measure: &Measure) -> Result<LogicalPlan, QueryError> {
        let input = measure.input(&self.source.schema(), self.metric.mart.table())?;
        let total = measure.aggregate(input).alias(TOTAL);
        let rows = self.filtered(&[])?;
        Ok(rows.aggregate(Vec::<Expr>::new(), [total])?.build()?)
    }

    fn filtered(&self, only: &[Expr]) -> Result<LogicalPlanBuilder, QueryError> {
        let mart = &self.metric.mart;
        let name = TableReference::partial(mart.schema(), mart.table());
        let mut plan = LogicalPlanBuilder::scan(name, Arc::clone(&self.source), None)?;
        for condition in self.conditions.iter().chain(only) {
            plan = plan.filter(condition.clone())?;
        }
        Ok(plan)
    }
}
