//! From measures to the answer: values with their reasons, changes with theirs, titles, order.

use contracts::{Contracts, Titles};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, ident, lit, when};

use super::Metric;
use super::asked::Asked;
use super::branch::{PERIOD, denominator, key, numerator};
use super::compile::{ascending, titles};
use super::divide;
use super::error::QueryError;
use super::output::{Compiled, OutputColumn, OutputKind};
use super::period::Grain;
use super::query::MetricQuery;

/// No row of the group has a value.
const NO_DATA: &str = "no_data";
/// There is a value, but none a year before.
const NO_PREVIOUS: &str = "no_previous";
/// The value a year before is zero, so nothing is a percentage of it.
const PREVIOUS_IS_ZERO: &str = "previous_is_zero";

/// The last steps of a compiled query.
pub(super) struct Answer<'a> {
    query: &'a MetricQuery,
    asked: &'a Asked<'a>,
    contracts: &'a Contracts,
    columns: Vec<OutputColumn>,
    expressions: Vec<Expr>,
}

impl<'a> Answer<'a> {
    pub fn new(query: &'a MetricQuery, asked: &'a Asked<'a>, contracts: &'a Contracts) -> Self {
        Self {
            query,
            asked,
            contracts,
            columns: Vec::new(),
            expressions: Vec::new(),
        }
    }

    /// Adds the answer's columns to a plan of keys and measures.
    pub fn finish(mut self, measures: LogicalPlan) -> Result<Compiled, QueryError> {
        let schema = measures.schema().as_arrow().clone();
        self.add_keys();
        let metrics: Vec<&Metric> = self.asked.metrics.clone();
        for (index, metric) in metrics.iter().enumerate() {
            self.add_value(index, metric, &schema)?;
        }
        let mut plan = LogicalPlanBuilder::from(measures).project(self.expressions.clone())?;
        if self.asked.compare.is_some() {
            plan = self.add_changes(plan)?;
        }
        let order = self.order()?;
        if !order.is_empty() {
            plan = plan.sort(order)?;
        }
        if let Some(limit) = self.query.limit {
            plan = plan.limit(0, Some(limit))?;
        }
        Ok(Compiled {
            plan: plan.build()?,
            columns: self.columns,
        })
    }

    fn add_keys(&mut self) {
        if let Some(name) = self.asked.period_name() {
            let title = match self.asked.grain {
                Some(Grain::Day) => titles("日期", "Day"),
                Some(Grain::Month) => titles("月份", "Month"),
                Some(Grain::Quarter) => titles("季度", "Quarter"),
                _ => titles("年份", "Year"),
            };
            self.push(ident(PERIOD), &name, OutputKind::Period, None, title);
        }
        let asked = self.asked;
        for (index, dimension) in asked.dimensions.iter().enumerate() {
            let title = self.title_of(dimension);
            self.push(
                ident(key(index)),
                dimension,
                OutputKind::Dimension,
                None,
                title,
            );
        }
    }

    /// A dimension's title, from the contract of the first metric's mart.
    fn title_of(&self, dimension: &str) -> Titles {
        let column = self
            .asked
            .metrics
            .iter()
            .filter_map(|metric| self.contracts.get(&metric.mart))
            .find_map(|contract| contract.column(dimension));
        match column {
            Some(column) => column.title.clone(),
            None => titles(dimension, dimension),
        }
    }

    fn add_value(
        &mut self,
        index: usize,
        metric: &Metric,
        schema: &Schema,
    ) -> Result<(), QueryError> {
        let title = metric.title.clone();
        let name = metric.name.as_str();
        let value = value(index, metric, false, schema)?;
        self.push(value, name, OutputKind::Value, Some(metric), title.clone());
        let reason = reason(index, metric)?;
        let reason_title = titles(
            format!("{}：无值原因", title.zh),
            format!("{}: why empty", title.en),
        );
        self.push(
            reason,
            &format!("{name}__reason"),
            OutputKind::Reason,
            Some(metric),
            reason_title,
        );
        if self.asked.compare.is_some() {
            let before = self::value(index, metric, true, schema)?;
            let before_title = titles(
                format!("{}：上年同期", title.zh),
                format!("{}: a year before", title.en),
            );
            self.push(
                before,
                &format!("{name}__previous"),
                OutputKind::Previous,
                Some(metric),
                before_title,
            );
        }
        Ok(())
    }

    /// Changes are computed from the values shown, so that a reader can check them.
    fn add_changes(&mut self, plan: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, QueryError> {
        let schema = plan.schema().as_arrow().clone();
        let mut kept: Vec<Expr> = self
            .columns
            .iter()
            .map(|column| ident(&column.name))
            .collect();
        self.expressions = Vec::new();
        let metrics: Vec<&Metric> = self.asked.metrics.clone();
        for metric in metrics {
            let name = metric.name.as_str();
            let (now, before) = (ident(name), ident(format!("{name}__previous")));
            let data_type = field_type(&schema, name)?;
            let change = now.clone() - before.clone();
            let percent = divide::percent(change.clone(), &data_type, before.clone(), &data_type);
            let zero = lit(ScalarValue::new_zero(&data_type)?);
            let reason = when(now.is_null(), lit(NO_DATA))
                .when(before.clone().is_null(), lit(NO_PREVIOUS))
                .when(before.eq(zero), lit(PREVIOUS_IS_ZERO))
                .end()?;
            let titled = |zh: &str, en: &str| {
                titles(
                    format!("{}：{zh}", metric.title.zh),
                    format!("{}: {en}", metric.title.en),
                )
            };
            self.push(
                change,
                &format!("{name}__change"),
                OutputKind::Change,
                Some(metric),
                titled("同比增减", "change on the year"),
            );
            self.push(
                percent,
                &format!("{name}__change_pct"),
                OutputKind::ChangePercent,
                Some(metric),
                titled("同比", "change on the year, %"),
            );
            self.push(
                reason,
                &format!("{name}__change_reason"),
                OutputKind::ChangeReason,
                Some(metric),
                titled("同比无值原因", "why the change is empty"),
            );
        }
        kept.extend(self.expressions.clone());
        Ok(plan.project(kept)?)
    }

    fn push(
        &mut self,
        expression: Expr,
        name: &str,
        kind: OutputKind,
        metric: Option<&Metric>,
        title: Titles,
    ) {
        let has_unit = matches!(
            kind,
            OutputKind::Value | OutputKind::Previous | OutputKind::Change
        );
        let unit = match kind {
            OutputKind::ChangePercent => Some("%".to_owned()),
            _ => metric
                .filter(|_| has_unit)
                .map(|metric| metric.unit.to_string()),
        };
        let format = match kind {
            OutputKind::ChangePercent => Some("0.00".to_owned()),
            _ => metric
                .filter(|_| has_unit)
                .and_then(|metric| metric.format.clone()),
        };
        self.expressions.push(expression.alias(name));
        self.columns.push(OutputColumn {
            name: name.to_owned(),
            kind,
            metric: metric.map(|metric| metric.name.clone()),
            title,
            unit,
            format,
        });
    }

    /// The order asked for, then time and dimensions: the same question has one answer.
    fn order(&self) -> Result<Vec<SortExpr>, QueryError> {
        let mut order: Vec<SortExpr> = Vec::new();
        for asked in &self.query.order {
            if !self.columns.iter().any(|column| column.name == asked.by) {
                return Err(QueryError::UnknownOrder {
                    column: asked.by.clone(),
                    choices: self
                        .columns
                        .iter()
                        .map(|column| column.name.clone())
                        .collect(),
                });
            }
            order.push(ident(&asked.by).sort(!asked.descending, false));
        }
        for column in &self.columns {
            let is_key = matches!(column.kind, OutputKind::Period | OutputKind::Dimension);
            if is_key && !self.query.order.iter().any(|asked| asked.by == column.name) {
                order.push(ascending(&column.name));
            }
        }
        Ok(order)
    }
}

fn value(
    index: usize,
    metric: &Metric,
    is_before: bool,
    schema: &Schema,
) -> Result<Expr, QueryError> {
    let above = numerator(index, is_before);
    let above_type = field_type(schema, &above)?;
    if metric.denominator.is_none() {
        return Ok(divide::scaled(ident(above), &above_type, &metric.factor));
    }
    let below = denominator(index, is_before);
    let below_type = field_type(schema, &below)?;
    Ok(divide::ratio(
        ident(above),
        &above_type,
        ident(below),
        &below_type,
        &metric.factor,
    ))
}

fn reason(index: usize, metric: &Metric) -> Result<Expr, QueryError> {
    let no_numerator = ident(numerator(index, false)).is_null();
    let case = &mut when(no_numerator, lit(NO_DATA));
    if metric.denominator.is_none() {
        return Ok(case.end()?);
    }
    let below = ident(denominator(index, false));
    let is_empty = below.clone().is_null().or(below.eq(lit(0_i64)));
    Ok(case
        .when(is_empty, lit(metric.reason_when_empty.as_str()))
        .end()?)
}

fn field_type(schema: &Schema, name: &str) -> Result<DataType, QueryError> {
    Ok(schema
        .field_with_name(name)
        .map(|field| field.data_type().clone())
        .map_err(|error| datafusion::common::DataFusionError::ArrowError(Box::new(error), None))?)
}
