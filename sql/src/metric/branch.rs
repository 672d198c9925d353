//! A branch of a compiled query: one mart, one year, scanned once and aggregated to the answer's keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::TableId;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::TableReference;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::functions_aggregate::min_max::max_udaf;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, WindowFrame, WindowFunctionDefinition,
    cast, ident, scalar_subquery,
};

use super::asked::Asked;
use super::error::QueryError;
use super::measure::type_of;
use super::output::MartTables;
use super::period::{Grain, Range, a_year_later, at_grain, first_of_year, part_of_year, year_of};
use super::query::Compare;
use super::{Metric, OverTime};

/// The key column of time inside a plan.
pub(super) const PERIOD: &str = "__period";
/// The time of a row as the mart has it.
const TIME: &str = "__time";
/// The last time of a row's group.
const LAST: &str = "__last";

/// Metrics that are aggregated together.
pub(super) struct Branch<'a> {
    mart: TableId,
    is_stock: bool,
    is_before: bool,
    metrics: Vec<(usize, &'a Metric)>,
}

impl Branch<'_> {
    /// The branch's measures by the answer's keys.
    pub fn plan(
        &self,
        asked: &Asked<'_>,
        tables: &dyn MartTables,
    ) -> Result<LogicalPlan, QueryError> {
        let scan = self.scan(asked, tables)?;
        let schema = Arc::clone(scan.schema().inner());
        let mart = self.mart.table();
        let time = self
            .metrics
            .iter()
            .find_map(|(_, metric)| metric.time.as_ref());

        let range = if self.is_before {
            asked.range.a_year_before()
        } else {
            asked.range
        };
        let mut plan = LogicalPlanBuilder::from(scan);
        if let Some(time) = time
            && let Some(condition) = range.condition(&ident(time.column.as_str()), time.grain)
        {
            plan = plan.filter(condition)?;
        }
        if let Some(time) = time
            && asked.compare == Compare::YtdYoy
        {
            let part = part_of_year(ident(time.column.as_str()), time.grain);
            plan = plan.filter(part.lt_eq(self.last_part_of_year(asked, tables)?))?;
        }

        let mut inputs: Vec<Expr> = Vec::new();
        for (index, dimension) in asked.dimensions.iter().enumerate() {
            type_of(&schema, mart, dimension)?;
            inputs.push(ident(*dimension).alias(key(index)));
        }
        if let Some(time) = time {
            let mut moment = ident(time.column.as_str());
            if self.is_before {
                moment = a_year_later(moment, time.grain);
            }
            if let Some(grain) = asked.grain {
                let period = at_grain(moment.clone(), time.grain, grain);
                inputs.push(cast(period, period_type(grain)).alias(PERIOD));
            }
            if self.is_stock {
                inputs.push(moment.alias(TIME));
            }
        }
        let mut aggregates: Vec<Expr> = Vec::new();
        for &(index, metric) in &self.metrics {
            let name = numerator(index, self.is_before);
            inputs.push(metric.numerator.input(&schema, mart)?.alias(&name));
            aggregates.push(metric.numerator.aggregate(ident(&name)).alias(&name));
            if let Some(measure) = &metric.denominator {
                let name = denominator(index, self.is_before);
                inputs.push(measure.input(&schema, mart)?.alias(&name));
                aggregates.push(measure.aggregate(ident(&name)).alias(&name));
            }
        }
        plan = plan.project(inputs)?;

        let keys: Vec<Expr> = asked.keys().into_iter().map(ident).collect();
        if self.is_stock && time.is_some() {
            plan = last_of_group(plan, &keys)?;
        }
        plan = plan.aggregate(keys, aggregates)?;
        if asked.is_running() && !self.is_stock {
            plan = self.running_total(plan, asked)?;
        }
        Ok(plan.build()?)
    }

    /// The mart with the query's filters.
    fn scan(&self, asked: &Asked<'_>, tables: &dyn MartTables) -> Result<LogicalPlan, QueryError> {
        let mart = self.mart.table();
        let source = tables
            .mart(&self.mart)
            .ok_or_else(|| QueryError::MartNotPublished {
                mart: mart.to_owned(),
            })?;
        let schema = source.schema();
        let name = TableReference::partial(self.mart.schema(), mart);
        let mut plan = LogicalPlanBuilder::scan(name, source, None)?;
        for filter in &asked.filters {
            plan = plan.filter(filter.expression(type_of(&schema, mart, &filter.column)?)?)?;
        }
        Ok(plan.build()?)
    }

    /// The part of the year (`06`, `06-15`) up to which the last year of the range has rows.
    fn last_part_of_year(
        &self,
        asked: &Asked<'_>,
        tables: &dyn MartTables,
    ) -> Result<Expr, QueryError> {
        let time = self
            .metrics
            .iter()
            .find_map(|(_, metric)| metric.time.as_ref());
        let Some(time) = time else {
            return Err(QueryError::CompareNeedsRange);
        };
        let last_year = Range {
            from: asked.range.to.map(first_of_year),
            to: asked.range.to,
        };
        let mut plan = LogicalPlanBuilder::from(self.scan(asked, tables)?);
        if let Some(condition) = last_year.condition(&ident(time.column.as_str()), time.grain) {
            plan = plan.filter(condition)?;
        }
        let last = plan
            .aggregate(
                Vec::<Expr>::new(),
                [max(ident(time.column.as_str())).alias(LAST)],
            )?
            .project([part_of_year(ident(LAST), time.grain).alias(LAST)])?
            .build()?;
        Ok(scalar_subquery(Arc::new(last)))
    }

    /// Replaces each measure by its total since the start of the year.
    fn running_total(
        &self,
        plan: LogicalPlanBuilder,
        asked: &Asked<'_>,
    ) -> Result<LogicalPlanBuilder, QueryError> {
        let grain = asked.grain.unwrap_or(Grain::Month);
        let mut partition: Vec<Expr> = (0..asked.dimensions.len()).map(key).map(ident).collect();
        partition.push(year_of(ident(PERIOD), grain));
        let mut windows = Vec::new();
        let mut columns: Vec<Expr> = asked.keys().into_iter().map(ident).collect();
        for name in self.measure_names() {
            let function = WindowFunctionDefinition::AggregateUDF(sum_udaf());
            let running = Expr::from(WindowFunction::new(function, vec![ident(&name)]))
                .partition_by(partition.clone())
                .order_by(vec![ident(PERIOD).sort(true, false)])
                .window_frame(WindowFrame::new(Some(true)))
                .build()?;
            let total = format!("{name}_total");
            windows.push(running.alias(&total));
            columns.push(ident(total).alias(name));
        }
        Ok(plan.window(windows)?.project(columns)?)
    }

    fn measure_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (index, metric) in &self.metrics {
            names.push(numerator(*index, self.is_before));
            if metric.denominator.is_some() {
                names.push(denominator(*index, self.is_before));
            }
        }
        names
    }
}

/// The query's metrics, grouped by what can be aggregated together.
pub(super) fn branches<'a>(asked: &Asked<'a>) -> Vec<Branch<'a>> {
    // A branch has one mart, one column of time and one way over time.
    type Together<'a> = (TableId, Option<&'a str>, bool);
    let mut groups: BTreeMap<Together<'a>, Vec<(usize, &'a Metric)>> = BTreeMap::new();
    for (index, metric) in asked.metrics.iter().copied().enumerate() {
        let is_stock = metric.over_time == OverTime::Last;
        let time = metric.time.as_ref().map(|time| time.column.as_str());
        groups
            .entry((metric.mart.clone(), time, is_stock))
            .or_default()
            .push((index, metric));
    }
    let years: &[bool] = if asked.compare.is_some() {
        &[false, true]
    } else {
        &[false]
    };
    let mut branches = Vec::new();
    for ((mart, _, is_stock), metrics) in groups {
        for &is_before in years {
            branches.push(Branch {
                mart: mart.clone(),
                is_stock,
                is_before,
                metrics: metrics.clone(),
            });
        }
    }
    branches
}

/// The key of dimension `index` inside a plan.
pub(super) fn key(index: usize) -> String {
    format!("__key{index}")
}

/// The numerator of metric `index` inside a plan.
pub(super) fn numerator(index: usize, is_before: bool) -> String {
    format!("__n{index}{}", if is_before { "_before" } else { "" })
}

/// The denominator of metric `index` inside a plan.
pub(super) fn denominator(index: usize, is_before: bool) -> String {
    format!("__d{index}{}", if is_before { "_before" } else { "" })
}

/// Keeps the rows at the last time of their group.
fn last_of_group(
    plan: LogicalPlanBuilder,
    keys: &[Expr],
) -> Result<LogicalPlanBuilder, QueryError> {
    let function = WindowFunctionDefinition::AggregateUDF(max_udaf());
    let last = Expr::from(WindowFunction::new(function, vec![ident(TIME)]))
        .partition_by(keys.to_vec())
        .build()?
        .alias(LAST);
    Ok(plan.window([last])?.filter(ident(TIME).eq(ident(LAST)))?)
}

fn period_type(grain: Grain) -> DataType {
    match grain {
        Grain::Day => DataType::Date32,
        Grain::Year => DataType::Int64,
        Grain::Month | Grain::Quarter => DataType::Utf8,
    }
}
