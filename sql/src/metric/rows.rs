//! Rows of a mart: the panels and lists that show what is stored.

use contracts::text::nearest;
use contracts::{Contract, Contracts, TableId};
use datafusion::common::TableReference;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, SortExpr, ident};
use serde::Serialize;

use super::compile::ascending;
use super::error::QueryError;
use super::filter::Filter;
use super::measure::type_of;
use super::output::{Compiled, MartTables, OutputColumn, OutputKind};
use super::query::Order;

/// Rows of one mart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RowQuery {
    /// The mart, without `mart.`.
    pub from: String,
    /// Its columns, in the order of the answer; none means all.
    pub columns: Vec<String>,
    /// Which rows.
    pub filters: Vec<Filter>,
    /// The order of rows; ties, and a query without an order, go by the mart's key.
    pub order: Vec<Order>,
    /// At most this many rows.
    pub limit: Option<usize>,
    /// Rows passed over first.
    pub offset: usize,
}

/// Compiles `query` over the marts of `tables`.
///
/// # Errors
/// When the query asks for what the mart does not have.
pub fn compile_rows(
    query: &RowQuery,
    contracts: &Contracts,
    tables: &dyn MartTables,
) -> Result<Compiled, QueryError> {
    let mart = query.from.as_str();
    let contract = mart_contract(mart, contracts)?;
    let source = tables
        .mart(&contract.id)
        .ok_or_else(|| QueryError::MartNotPublished {
            mart: mart.to_owned(),
        })?;
    let schema = source.schema();

    let asked: Vec<&str> = if query.columns.is_empty() {
        contract.column_names().collect()
    } else {
        query.columns.iter().map(String::as_str).collect()
    };
    let mut columns = Vec::new();
    for name in asked {
        let Some(column) = contract.column(name) else {
            return Err(QueryError::unknown_column(
                mart,
                name,
                contract.column_names(),
            ));
        };
        columns.push(OutputColumn {
            name: name.to_owned(),
            kind: OutputKind::Dimension,
            metric: None,
            title: column.title.clone(),
            unit: column.unit.as_ref().map(ToString::to_string),
            format: None,
        });
    }

    let name = TableReference::partial(contract.id.schema(), mart);
    let mut plan = LogicalPlanBuilder::scan(name, source, None)?;
    for filter in &query.filters {
        plan = plan.filter(filter.expression(type_of(&schema, mart, &filter.column)?)?)?;
    }
    let mut order: Vec<SortExpr> = Vec::new();
    for by in &query.order {
        type_of(&schema, mart, &by.by)?;
        order.push(ident(&by.by).sort(!by.descending, false));
    }
    for column in &contract.key {
        if !query.order.iter().any(|by| by.by == column.as_str()) {
            order.push(ascending(column.as_str()));
        }
    }
    // Sorted before projected: rows may be ordered by a column that is not shown.
    plan = plan.sort(order)?;
    if query.limit.is_some() || query.offset > 0 {
        plan = plan.limit(query.offset, query.limit)?;
    }
    let shown: Vec<Expr> = columns
        .iter()
        .map(|column| ident(&column.name).alias(&column.name))
        .collect();
    Ok(Compiled {
        plan: plan.project(shown)?.build()?,
        columns,
    })
}

/// The contract of the mart called `mart`.
pub(super) fn mart_contract<'a>(
    mart: &str,
    contracts: &'a Contracts,
) -> Result<&'a Contract, QueryError> {
    let contract = TableId::new("mart", mart)
        .ok()
        .and_then(|id| contracts.get(&id));
    contract.ok_or_else(|| {
        let marts = contracts
            .iter()
            .filter(|contract| contract.id.schema() == "mart")
            .map(|contract| contract.id.table());
        QueryError::UnknownMart {
            mart: mart.to_owned(),
            nearest: nearest(mart, marts).map(str::to_owned),
        }
    })
}
