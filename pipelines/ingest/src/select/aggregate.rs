//! Whether a select's list makes groups: an aggregate outside a window and outside a subquery.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use datafusion::functions_aggregate::all_default_aggregate_functions;
use datafusion::sql::sqlparser::ast::{Expr, Query, SelectItem, Visit, Visitor};

static AGGREGATES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    all_default_aggregate_functions()
        .iter()
        .flat_map(|function| {
            std::iter::once(function.name().to_lowercase())
                .chain(function.aliases().iter().map(|alias| alias.to_lowercase()))
        })
        .collect()
});

/// Whether one of `items` holds an aggregate that folds the select's own rows into one.
pub(super) fn has_aggregate(items: &[SelectItem]) -> bool {
    let mut search = Search { depth: 0 };
    items.iter().any(|item| item.visit(&mut search).is_break())
}

struct Search {
    /// How many subqueries deep: an aggregate in one folds the subquery's rows, not ours.
    depth: usize,
}

impl Visitor for Search {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function)
                if self.depth == 0
                    && function.over.is_none()
                    && AGGREGATES.contains(&function.name.to_string().to_lowercase()) =>
            {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}
