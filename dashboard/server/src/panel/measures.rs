//! The measures of a panel: first all aggregates in one pass, then divisions, rounded once.

use contracts::{Contract, Titles};
use datafusion::common::DFSchema;
use datafusion::functions_aggregate::expr_fn::{bool_or, count, max, min, sum};
use datafusion::logical_expr::{Expr, ExprSchemable, ident, lit, when};
use models::metric::divide::{percent, ratio, scaled};
use models::metric::{Measure, Metric, Metrics};

use super::condition::{Values, all};
use crate::answer::{BothTitles, Column};
use crate::board::file::{MeasureFile, QueryFile};
use crate::error::ApiError;
use crate::open::Opened;

/// The measures of one query.
pub(super) struct Measures<'a> {
    aggregates: Vec<Expr>,
    finish: Vec<(Column, Finish<'a>)>,
}

/// How a measure follows from the aggregates.
enum Finish<'a> {
    /// It is one.
    Aggregate(String),
    /// It is a metric.
    Metric {
        metric: &'a Metric,
        above: String,
        below: Option<String>,
    },
    /// 100 × part / whole.
    Share { part: &'a str, whole: &'a str },
    /// 100 × (to − from) / from.
    Change { from: &'a str, to: &'a str },
}

impl<'a> Measures<'a> {
    pub fn new(
        query: &'a QueryFile,
        contract: &'a Contract,
        values: &Values,
        opened: &Opened,
        metrics: &'a Metrics,
    ) -> Result<Measures<'a>, ApiError> {
        let mut measures = Measures {
            aggregates: Vec::new(),
            finish: Vec::new(),
        };
        for measure in &query.measures {
            let condition = match measure.filters.is_empty() {
                true => None,
                false => Some(
                    all(&measure.filters, contract, values, &opened.regions)?
                        .unwrap_or_else(|| lit(false)),
                ),
            };
            measures.add(measure, condition, contract, metrics)?;
        }
        Ok(measures)
    }

    pub fn aggregates(&self) -> Vec<Expr> {
        self.aggregates.clone()
    }

    /// Each measure with the expression that computes it from the aggregates and the measures before.
    pub fn finished(&self, schema: &DFSchema) -> Result<Vec<(Column, Expr)>, ApiError> {
        let mut finished: Vec<(Column, Expr)> = Vec::new();
        for (column, finish) in &self.finish {
            let before = |name: &str| -> Result<Expr, ApiError> {
                let found = finished.iter().find(|(column, _)| column.name == name);
                found
                    .map(|(_, expression)| expression.clone())
                    .ok_or_else(|| ApiError::unknown("measure", name, []))
            };
            let expression = match finish {
                Finish::Aggregate(name) => ident(name),
                Finish::Metric {
                    metric,
                    above,
                    below: None,
                } => {
                    let above = ident(above);
                    let data_type = above.get_type(schema)?;
                    scaled(above, &data_type, &metric.factor)
                }
                Finish::Metric {
                    metric,
                    above,
                    below: Some(below),
                } => {
                    let (above, below) = (ident(above), ident(below));
                    let (above_type, below_type) =
                        (above.get_type(schema)?, below.get_type(schema)?);
                    ratio(above, &above_type, below, &below_type, &metric.factor)
                }
                Finish::Share { part, whole } => {
                    let (part, whole) = (before(part)?, before(whole)?);
                    let (part_type, whole_type) = (part.get_type(schema)?, whole.get_type(schema)?);
                    percent(part, &part_type, whole, &whole_type)
                }
                Finish::Change { from, to } => {
                    let (from, to) = (before(from)?, before(to)?);
                    let difference = to - from.clone();
                    let (difference_type, from_type) =
                        (difference.get_type(schema)?, from.get_type(schema)?);
                    percent(difference, &difference_type, from, &from_type)
                }
            };
            finished.push((column.clone(), expression));
        }
        Ok(finished)
    }

    fn add(
        &mut self,
        measure: &'a MeasureFile,
        condition: Option<Expr>,
        contract: &Contract,
        metrics: &'a Metrics,
    ) -> Result<(), ApiError> {
        let name = measure.measure.value.as_str();
        let kept = |input: Expr| match &condition {
            None => Ok(input),
            Some(condition) => when(condition.clone(), input).end(),
        };
        if let Some(metric) = &measure.metric {
            let metric = metrics.get(&metric.value).ok_or_else(|| {
                ApiError::unknown(
                    "metric",
                    &metric.value,
                    metrics.iter().map(|metric| metric.name.as_str()),
                )
            })?;
            let schema = contract.arrow_schema();
            let mart = contract.id.table();
            let mut aggregate = |measure: &Measure, name: String| -> Result<String, ApiError> {
                let input = kept(measure.input(&schema, mart)?)?;
                self.aggregates.push(measure.aggregate(input).alias(&name));
                Ok(name)
            };
            let above = aggregate(&metric.numerator, format!("{name}__above"))?;
            let below = match &metric.denominator {
                Some(denominator) => Some(aggregate(denominator, format!("{name}__below"))?),
                None => None,
            };
            let column = column(
                measure,
                Some(&metric.title),
                Some(metric.unit.to_string()),
                metric.format.clone(),
            );
            self.finish.push((
                column,
                Finish::Metric {
                    metric,
                    above,
                    below,
                },
            ));
            return Ok(());
        }
        if let Some(share) = &measure.share {
            let column = column(measure, None, Some("%".to_owned()), None);
            self.finish.push((
                column,
                Finish::Share {
                    part: &share.part.value,
                    whole: &share.whole.value,
                },
            ));
            return Ok(());
        }
        if let Some(change) = &measure.change {
            let column = column(measure, None, Some("%".to_owned()), None);
            self.finish.push((
                column,
                Finish::Change {
                    from: &change.from.value,
                    to: &change.to.value,
                },
            ));
            return Ok(());
        }
        let of = [&measure.sum, &measure.max, &measure.min, &measure.any]
            .into_iter()
            .flatten()
            .next();
        let declared = of.and_then(|column| contract.column(&column.value));
        let input = of.map_or_else(|| lit(1_i64), |column| ident(&column.value));
        let input = kept(input)?;
        let aggregate = if measure.sum.is_some() {
            sum(input)
        } else if measure.max.is_some() {
            max(input)
        } else if measure.min.is_some() {
            min(input)
        } else if measure.any.is_some() {
            bool_or(input)
        } else {
            count(input)
        };
        let unit = declared
            .and_then(|column| column.unit.as_ref())
            .map(ToString::to_string);
        let column = column(measure, declared.map(|column| &column.title), unit, None);
        let hidden = format!("{name}__aggregate");
        self.aggregates.push(aggregate.alias(&hidden));
        self.finish.push((column, Finish::Aggregate(hidden)));
        Ok(())
    }
}

/// The column of a measure; what the board says beats what the metric or contract says.
fn column(
    measure: &MeasureFile,
    title: Option<&Titles>,
    unit: Option<String>,
    format: Option<String>,
) -> Column {
    let name = &measure.measure.value;
    let title = match (&measure.title, title) {
        (Some(own), _) => BothTitles::from(own),
        (None, Some(title)) => BothTitles::from(title),
        (None, None) => BothTitles::same(name),
    };
    Column {
        name: name.clone(),
        title,
        unit: measure.unit.clone().or(unit),
        format: measure.format.clone().or(format),
    }
}
