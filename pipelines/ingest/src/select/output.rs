//! The names of the columns a query gives.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, SelectItem, SetExpr, Spanned, TableFactor, visit_expressions,
};

use super::{SelectFault, SelectFaultKind};

/// A column a select gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// Its name, as the engine will call it.
    pub name: String,
    /// The line of the select it stands on.
    pub line: u64,
}

/// The columns of `query`, or `None` when a wildcard leaves them to the file.
///
/// # Errors
/// Every column without a name, with a reserved one, or given twice.
pub(super) fn outputs(query: &Query) -> Result<Option<Vec<Output>>, Vec<SelectFault>> {
    let Some(items) = items_of(&query.body) else {
        return Ok(None);
    };
    let mut outputs = Vec::with_capacity(items.len());
    let mut faults = Vec::new();
    let mut has_wildcard = false;
    for (index, item) in items.iter().enumerate() {
        let (name, line) = match item {
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => {
                has_wildcard = true;
                continue;
            }
            SelectItem::ExprWithAlias { alias, .. } => {
                (Some(engine_name(alias)), alias.span.start.line)
            }
            SelectItem::UnnamedExpr(expr) => (name_of(expr), expr.span().start.line),
            SelectItem::ExprWithAliases { expr, .. } => (None, expr.span().start.line),
        };
        match name {
            Some(name) => outputs.push(Output { name, line }),
            None => faults.push(SelectFault {
                line,
                what: SelectFaultKind::UnnamedOutput {
                    position: index + 1,
                    expression: item.to_string(),
                },
            }),
        }
    }
    let mut seen = HashSet::new();
    for output in &outputs {
        let name = output.name.clone();
        if name.starts_with('_') {
            faults.push(SelectFault {
                line: output.line,
                what: SelectFaultKind::ReservedOutput { name },
            });
        } else if !seen.insert(output.name.as_str()) {
            faults.push(SelectFault {
                line: output.line,
                what: SelectFaultKind::DoubledOutput { name },
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok((!has_wildcard).then_some(outputs))
}

/// The columns of `decoded` behind one output column of a query that reads nothing else.
pub(super) fn columns_behind(query: &Query, output: &str) -> Option<Vec<String>> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    let [from] = select.from.as_slice() else {
        return None;
    };
    if query.with.is_some()
        || !from.joins.is_empty()
        || !matches!(from.relation, TableFactor::Table { .. })
    {
        return None;
    }
    let mut columns = Vec::new();
    for item in &select.projection {
        let (name, expr) = match item {
            SelectItem::ExprWithAlias { expr, alias } => (Some(engine_name(alias)), expr),
            SelectItem::UnnamedExpr(expr) => (name_of(expr), expr),
            _ => return None,
        };
        if name.as_deref() == Some(output) {
            let _ = visit_expressions(expr, |part| {
                columns.extend(name_of(part));
                ControlFlow::<()>::Continue(())
            });
        }
    }
    Some(columns)
}

/// The list of the select whose names the whole query takes: the leftmost of a union.
fn items_of(body: &SetExpr) -> Option<&[SelectItem]> {
    match body {
        SetExpr::Select(select) => Some(&select.projection),
        SetExpr::Query(query) => items_of(&query.body),
        SetExpr::SetOperation { left, .. } => items_of(left),
        _ => None,
    }
}

fn name_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(engine_name(ident)),
        Expr::CompoundIdentifier(parts) => parts.last().map(engine_name),
        _ => None,
    }
}

/// An identifier as the engine reads it: lower case unless quoted.
pub(super) fn engine_name(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}
