//! A metric query as a plan.
//!
//! 1. Metrics are grouped into branches: one for each mart, year compared, and kind over time.
//! 2. A branch scans its mart once, filters, and aggregates numerators and denominators to the keys of
//!    the answer (dimensions and time). A branch of the year before moves its time one year later, so
//!    that its keys are those it is compared with.
//! 3. Branches are laid over each other by a union and an aggregate over the keys. Unlike joins this
//!    keeps keys that only one branch has, and keys that are null.
//! 4. Ratios, reasons and changes are computed from the measures, and rows are put in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::text::nearest;
use contracts::{Contracts, TableId, Titles};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::TableReference;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::functions_aggregate::min_max::max_udaf;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, SortExpr, WindowFrame,
    WindowFunctionDefinition, cast, ident, scalar_subquery,
};

use super::error::QueryError;
use super::filter::{Filter, FilterTest};
use super::measure::type_of;
use super::output::{Compiled, MartTables};
use super::period::{Grain, Period, Range, a_year_later, at_grain, part_of_year, year_of};
use super::query::{Compare, MetricQuery};
use super::values::Answer;
use super::{Aggregate, Metric, Metrics, OverTime};

/// The key column of time inside a plan.
pub(super) const PERIOD: &str = "__period";
/// The time of a row as the mart has it.
const TIME: &str = "__time";
/// The last time of a row's group.
const LAST: &str = "__last";

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
    let mut branches: Vec<LogicalPlan> = Vec::new();
    for branch in asked.branches() {
        branches.push(branch.plan(&asked, tables)?);
    }
    let plan = overlay(branches, &asked.keys())?;
    Answer::new(query, &asked, contracts).finish(plan)
}

/// A query whose names have been looked up and whose time has been read.
pub(super) struct Asked<'a> {
    pub metrics: Vec<&'a Metric>,
    pub dimensions: Vec<&'a str>,
    pub grain: Option<Grain>,
    pub compare: Compare,
    filters: Vec<&'a Filter>,
    range: Range,
}

impl<'a> Asked<'a> {
    fn read(query: &'a MetricQuery, metrics: &'a Metrics) -> Result<Self, QueryError> {
        if query.metrics.is_empty() {
            return Err(QueryError::NoMetric);
        }
        let mut found = Vec::new();
        for name in &query.metrics {
            let Some(metric) = metrics.get(name) else {
                let names = metrics.iter().map(|metric| metric.name.as_str());
                return Err(QueryError::UnknownMetric {
                    metric: name.clone(),
                    nearest: nearest(name, names).map(str::to_owned),
                });
            };
            found.push(metric);
        }
        let mut asked = Self {
            metrics: found,
            dimensions: Vec::new(),
            grain: query.grain,
            compare: query.compare,
            filters: Vec::new(),
            range: Range::default(),
        };
        asked.read_dimensions(query)?;
        asked.read_time(query)?;
        Ok(asked)
    }

    fn read_dimensions(&mut self, query: &'a MetricQuery) -> Result<(), QueryError> {
        let filtered = query.filters.iter().map(|filter| filter.column.as_str());
        for column in query.dimensions.iter().map(String::as_str).chain(filtered) {
            for metric in &self.metrics {
                if !metric.has_dimension(column) {
                    let choices: Vec<String> =
                        metric.dimensions.iter().map(ToString::to_string).collect();
                    return Err(QueryError::UnknownDimension {
                        metric: metric.name.clone(),
                        dimension: column.to_owned(),
                        nearest: nearest(column, choices.iter().map(String::as_str))
                            .map(str::to_owned),
                        choices,
                    });
                }
            }
        }
        for dimension in &query.dimensions {
            match self.time_grain_of(dimension) {
                // The column of time as a dimension asks for its grain.
                Some(grain) => self.grain = self.grain.or(Some(grain)),
                None if self.dimensions.contains(&dimension.as_str()) => {}
                None => self.dimensions.push(dimension),
            }
        }
        Ok(())
    }

    fn read_time(&mut self, query: &'a MetricQuery) -> Result<(), QueryError> {
        let (mut from, mut to) = (query.from.as_deref(), query.to.as_deref());
        for filter in &query.filters {
            match (&filter.test, self.time_grain_of(&filter.column)) {
                (FilterTest::Eq(value), Some(_)) => {
                    from = Some(value);
                    to = Some(value);
                }
                (
                    FilterTest::Range {
                        from: first,
                        to: last,
                    },
                    Some(_),
                ) => {
                    from = first.as_deref().or(from);
                    to = last.as_deref().or(to);
                }
                // A list of times cannot be moved by a year as a range can.
                (_, Some(_)) if self.compare.is_some() => {
                    return Err(QueryError::CompareNeedsRange);
                }
                _ => self.filters.push(filter),
            }
        }
        let from: Option<Period> = from.map(str::parse).transpose()?;
        let to: Option<Period> = to.map(str::parse).transpose()?;
        self.range = Range {
            from: from.map(|period| period.first_day()),
            to: to.map(|period| period.last_day()),
        };
        if self.compare.is_some() && (from.is_none() || to.is_none()) {
            return Err(QueryError::CompareNeedsRange);
        }
        let finest = [self.grain, from.map(|p| p.grain()), to.map(|p| p.grain())]
            .into_iter()
            .flatten()
            .min();
        for metric in &self.metrics {
            let Some(asked) = finest else { continue };
            match &metric.time {
                None => {
                    return Err(QueryError::NoTime {
                        metric: metric.name.clone(),
                    });
                }
                Some(time) if asked < time.grain => {
                    return Err(QueryError::TooFine {
                        metric: metric.name.clone(),
                        asked,
                        has: time.grain,
                    });
                }
                Some(_) => {}
            }
        }
        if self.compare == Compare::YtdYoy {
            self.range.from = self.range.from.map(first_of_year);
            self.check_running()?;
        }
        Ok(())
    }

    /// A running total adds up; counts of different things and extremes do not.
    fn check_running(&self) -> Result<(), QueryError> {
        if !self.is_running() {
            return Ok(());
        }
        for metric in &self.metrics {
            let adds_up = [Some(&metric.numerator), metric.denominator.as_ref()]
                .into_iter()
                .flatten()
                .all(|part| matches!(part.aggregate, Aggregate::Sum | Aggregate::Count));
            if !adds_up && metric.over_time == OverTime::Aggregate {
                return Err(QueryError::NotRunning {
                    metric: metric.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Whether values by month are totals from January.
    fn is_running(&self) -> bool {
        self.compare == Compare::YtdYoy && matches!(self.grain, Some(Grain::Day | Grain::Month))
    }

    /// The grain of time of `column` when it is the time of every metric asked for.
    fn time_grain_of(&self, column: &str) -> Option<Grain> {
        let mut grain = None;
        for metric in &self.metrics {
            let time = metric.time.as_ref()?;
            if time.column.as_str() != column {
                return None;
            }
            grain = Some(time.grain);
        }
        grain
    }

    /// The name of the answer's time column: the marts' own where it is the same, else the grain's.
    pub fn period_name(&self) -> Option<String> {
        let grain = self.grain?;
        let mut names = self.metrics.iter().filter_map(|metric| {
            let time = metric.time.as_ref()?;
            (time.grain == grain).then(|| time.column.as_str())
        });
        let first = names.next();
        let is_shared = first.is_some_and(|first| names.all(|name| name == first));
        Some(
            first
                .filter(|_| is_shared)
                .unwrap_or(grain.word())
                .to_owned(),
        )
    }

    /// The names of the keys inside the plan.
    fn keys(&self) -> Vec<String> {
        let period = self.grain.map(|_| PERIOD.to_owned());
        (0..self.dimensions.len()).map(key).chain(period).collect()
    }

    fn branches(&self) -> Vec<Branch<'a>> {
        let mut groups: BTreeMap<(TableId, bool), Vec<(usize, &'a Metric)>> = BTreeMap::new();
        for (index, metric) in self.metrics.iter().enumerate() {
            let is_stock = metric.over_time == OverTime::Last;
            groups
                .entry((metric.mart.clone(), is_stock))
                .or_default()
                .push((index, metric));
        }
        let years: &[bool] = if self.compare.is_some() {
            &[false, true]
        } else {
            &[false]
        };
        let mut branches = Vec::new();
        for ((mart, is_stock), metrics) in groups {
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

/// Metrics that are aggregated together.
struct Branch<'a> {
    mart: TableId,
    is_stock: bool,
    is_before: bool,
    metrics: Vec<(usize, &'a Metric)>,
}

impl Branch<'_> {
    fn plan(&self, asked: &Asked<'_>, tables: &dyn MartTables) -> Result<LogicalPlan, QueryError> {
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

fn period_type(grain: Grain) -> DataType {
    match grain {
        Grain::Day => DataType::Date32,
        Grain::Year => DataType::Int64,
        Grain::Month | Grain::Quarter => DataType::Utf8,
    }
}

fn first_of_year(day: chrono::NaiveDate) -> chrono::NaiveDate {
    chrono::Datelike::with_ordinal(&day, 1).unwrap_or(day)
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
