//! A group query as a plan: filter, aggregate, compute, keep, order.

use std::collections::BTreeMap;

use contracts::text::nearest;
use contracts::unit::{Ratio, Unit};
use contracts::{Contract, Contracts, Titles};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::TableReference;
use datafusion::functions_aggregate::expr_fn::{bool_or, count, count_distinct, max, min, sum};
use datafusion::logical_expr::{
    Expr, ExprSchemable, LogicalPlanBuilder, SortExpr, ident, lit, when,
};

use super::{Compute, GroupAggregate, GroupMeasure, GroupQuery};
use crate::metric::compile::ascending;
use crate::metric::divide;
use crate::metric::error::QueryError;
use crate::metric::filter::Filter;
use crate::metric::measure::type_of;
use crate::metric::output::{Compiled, MartTables, OutputColumn, OutputKind};
use crate::metric::rows::mart_contract;
use crate::value::type_name;

/// Compiles `query` over the marts of `tables`.
///
/// # Errors
/// When the query asks for what the mart does not have, or computes what cannot be.
pub fn compile_group(
    query: &GroupQuery,
    contracts: &Contracts,
    tables: &dyn MartTables,
) -> Result<Compiled, QueryError> {
    let contract = mart_contract(&query.from, contracts)?;
    let source = tables
        .mart(&contract.id)
        .ok_or_else(|| QueryError::MartNotPublished {
            mart: query.from.clone(),
        })?;
    let schema = source.schema();
    let mart = query.from.as_str();

    let name = TableReference::partial(contract.id.schema(), mart);
    let mut plan = LogicalPlanBuilder::scan(name, source, None)?;
    for filter in &query.filters {
        plan = plan.filter(filter.expression(type_of(&schema, mart, &filter.column)?)?)?;
    }
    let mut keys = Vec::new();
    for dimension in &query.dimensions {
        type_of(&schema, mart, dimension)?;
        keys.push(ident(dimension));
    }
    let mut group = Group {
        contract,
        schema: &schema,
        measures: BTreeMap::new(),
    };
    let mut aggregates = Vec::new();
    for measure in &query.measures {
        if let Compute::Aggregate { how, only } = &measure.compute {
            aggregates.push(group.aggregate(how, only)?.alias(&measure.name));
        }
    }
    plan = plan.aggregate(keys, aggregates)?;

    let aggregated = plan.schema().as_ref().clone();
    let mut values: Vec<Expr> = query
        .dimensions
        .iter()
        .map(|name| ident(name).alias(name))
        .collect();
    for measure in &query.measures {
        let value = group.value(measure)?;
        let data_type = value.get_type(&aggregated)?;
        let unit = group.unit(measure);
        values.push(value.clone().alias(&measure.name));
        group.measures.insert(
            &measure.name,
            Known {
                value,
                data_type,
                unit,
            },
        );
    }
    plan = plan.project(values)?;
    for filter in &query.having {
        let data_type = group.answer_type(mart, query, &filter.column)?;
        plan = plan.filter(filter.expression(&data_type)?)?;
    }
    let mut order: Vec<SortExpr> = Vec::new();
    for by in &query.order {
        group.answer_type(mart, query, &by.by)?;
        order.push(ident(&by.by).sort(!by.descending, false));
    }
    for dimension in &query.dimensions {
        if !query.order.iter().any(|by| by.by == *dimension) {
            order.push(ascending(dimension));
        }
    }
    if !order.is_empty() {
        plan = plan.sort(order)?;
    }
    if let Some(limit) = query.limit {
        plan = plan.limit(0, Some(limit))?;
    }
    let columns = group.columns(query);
    let shown: Vec<Expr> = columns
        .iter()
        .map(|column| ident(&column.name).alias(&column.name))
        .collect();
    Ok(Compiled {
        plan: plan.project(shown)?.build()?,
        columns,
    })
}

struct Group<'a> {
    contract: &'a Contract,
    schema: &'a Schema,
    /// The measures so far, by name.
    measures: BTreeMap<&'a str, Known>,
}

/// A measure that others can be computed from.
struct Known {
    value: Expr,
    data_type: DataType,
    unit: Option<Unit>,
}

impl Group<'_> {
    fn aggregate(&self, how: &GroupAggregate, only: &[Filter]) -> Result<Expr, QueryError> {
        let mart = self.contract.id.table();
        let column = match how.column() {
            Some(column) => {
                let data_type = type_of(self.schema, mart, column)?;
                if !how.takes(data_type) {
                    return Err(QueryError::BadAggregate {
                        aggregate: how.word(),
                        column: column.to_owned(),
                        found: type_name(data_type),
                    });
                }
                ident(column)
            }
            None => lit(1_i64),
        };
        let mut condition: Option<Expr> = None;
        for filter in only {
            let test = filter.expression(type_of(self.schema, mart, &filter.column)?)?;
            condition = Some(match condition {
                Some(all) => all.and(test),
                None => test,
            });
        }
        let counted = match condition {
            Some(condition) => when(condition, column).end()?,
            None => column,
        };
        Ok(match how {
            GroupAggregate::Sum(_) => sum(counted),
            GroupAggregate::CountRows => count(counted),
            GroupAggregate::CountDistinct(_) => count_distinct(counted),
            GroupAggregate::Max(_) => max(counted),
            GroupAggregate::Min(_) => min(counted),
            GroupAggregate::Any(_) => bool_or(counted),
        })
    }

    fn value(&self, measure: &GroupMeasure) -> Result<Expr, QueryError> {
        Ok(match &measure.compute {
            Compute::Aggregate { .. } => ident(&measure.name),
            Compute::Ratio {
                numerator,
                denominator,
            } => {
                let (above, below) = (self.number(numerator)?, self.number(denominator)?);
                divide::ratio(
                    above.value.clone(),
                    &above.data_type,
                    below.value.clone(),
                    &below.data_type,
                    &Ratio::ONE,
                )
            }
            Compute::Share { part, whole } => {
                let (part, whole) = (self.number(part)?, self.number(whole)?);
                divide::percent(
                    part.value.clone(),
                    &part.data_type,
                    whole.value.clone(),
                    &whole.data_type,
                )
            }
            Compute::Change { from, to } => {
                let (from, to) = (self.number(from)?, self.number(to)?);
                let more = to.value.clone() - from.value.clone();
                // The difference of two sums of one kind has the type of neither; their own scale is
                // what the division starts from, and it is the same.
                divide::percent(more, &to.data_type, from.value.clone(), &from.data_type)
            }
        })
    }

    /// A measure named before that is a number.
    fn number(&self, name: &str) -> Result<&Known, QueryError> {
        let Some(known) = self.measures.get(name) else {
            let names = self.measures.keys().copied();
            return Err(QueryError::UnknownMeasure {
                measure: name.to_owned(),
                nearest: nearest(name, names).map(str::to_owned),
            });
        };
        if known.data_type.is_numeric() {
            return Ok(known);
        }
        Err(QueryError::BadAggregate {
            aggregate: "divides",
            column: name.to_owned(),
            found: type_name(&known.data_type),
        })
    }

    /// The unit of a measure's values, when the contract tells.
    fn unit(&self, measure: &GroupMeasure) -> Option<Unit> {
        if let Some(unit) = &measure.unit {
            return Unit::parse(unit).ok();
        }
        match &measure.compute {
            Compute::Aggregate { how, .. } => match how {
                GroupAggregate::Sum(column)
                | GroupAggregate::Max(column)
                | GroupAggregate::Min(column) => self.contract.column(column)?.unit.clone(),
                GroupAggregate::CountRows | GroupAggregate::CountDistinct(_) => {
                    Unit::parse("count").ok()
                }
                GroupAggregate::Any(_) => None,
            },
            Compute::Ratio {
                numerator,
                denominator,
            } => {
                let above = self.measures.get(numerator.as_str())?.unit.as_ref()?;
                above.div(self.measures.get(denominator.as_str())?.unit.as_ref()?)
            }
            Compute::Share { .. } | Compute::Change { .. } => Unit::parse("%").ok(),
        }
    }

    /// The type of a column of the answer, hidden or not.
    fn answer_type(
        &self,
        mart: &str,
        query: &GroupQuery,
        column: &str,
    ) -> Result<DataType, QueryError> {
        if let Some(known) = self.measures.get(column) {
            return Ok(known.data_type.clone());
        }
        if query.dimensions.iter().any(|dimension| dimension == column) {
            return type_of(self.schema, mart, column).cloned();
        }
        let measures = self.measures.keys().map(|name| (*name).to_owned());
        Err(QueryError::UnknownOrder {
            column: column.to_owned(),
            choices: query.dimensions.iter().cloned().chain(measures).collect(),
        })
    }

    fn columns(&self, query: &GroupQuery) -> Vec<OutputColumn> {
        let dimensions = query.dimensions.iter().map(|dimension| {
            let column = self.contract.column(dimension);
            OutputColumn {
                name: dimension.clone(),
                kind: OutputKind::Dimension,
                metric: None,
                title: column.map_or_else(|| same(dimension), |column| column.title.clone()),
                unit: column.and_then(|column| Some(column.unit.as_ref()?.to_string())),
                format: None,
            }
        });
        let measures = query.measures.iter().filter(|measure| !measure.is_hidden);
        let measures = measures.map(|measure| OutputColumn {
            name: measure.name.clone(),
            kind: OutputKind::Value,
            metric: None,
            title: self.title(measure),
            unit: measure.unit.clone().or_else(|| {
                let unit = self.measures.get(measure.name.as_str())?.unit.as_ref();
                unit.map(ToString::to_string)
            }),
            format: measure.format.clone(),
        });
        dimensions.chain(measures).collect()
    }

    fn title(&self, measure: &GroupMeasure) -> Titles {
        let of_column = match &measure.compute {
            Compute::Aggregate { how, .. } => how.column(),
            _ => None,
        };
        let of_contract = of_column.and_then(|column| self.contract.column(column));
        measure
            .title
            .clone()
            .or_else(|| of_contract.map(|column| column.title.clone()))
            .unwrap_or_else(|| same(&measure.name))
    }
}

fn same(name: &str) -> Titles {
    Titles {
        zh: name.to_owned(),
        en: name.to_owned(),
    }
}
