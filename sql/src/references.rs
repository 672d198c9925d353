//! Which tables a statement reads, with their places: DataFusion's own parser draws the graph.
//!
//! Names of CTEs are left out where they are visible: a CTE sees those above it, not itself, so
//! `with a as (select … from a)` reads the model `a`.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use contracts::Place;
use datafusion::sql::sqlparser::ast::{
    Ident, ObjectName, Query, Spanned, TableFactor, Visit, Visitor,
};

use crate::place;

/// A table named in a statement: its parts (`energy`, `monthly`) and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub parts: Vec<String>,
    pub at: Place,
}

impl Reference {
    pub fn name(&self) -> String {
        self.parts.join(".")
    }
}

/// What a statement refers to.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// Tables and models, once for each time they are named.
    pub tables: Vec<Reference>,
    /// CTEs of the outermost `with` that are read somewhere.
    pub used_ctes: BTreeSet<String>,
}

/// Collects the references of `query`.
pub(crate) fn references(file: &str, query: &Query) -> References {
    let mut visitor = ReferenceVisitor {
        file,
        scopes: Vec::new(),
        is_function: false,
        found: References::default(),
    };
    let _ = query.visit(&mut visitor);
    visitor.found
}

struct ReferenceVisitor<'a> {
    file: &'a str,
    scopes: Vec<Scope>,
    is_function: bool,
    found: References,
}

/// The CTEs of one query: each with the address of its body, to notice when that body has been
/// walked and the name becomes visible.
struct Scope {
    ctes: Vec<(String, *const Query)>,
    visible: usize,
    is_recursive: bool,
}

impl Visitor for ReferenceVisitor<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(scope) = self.scopes.last_mut()
            && scope.is_recursive
            && scope
                .body_at(query)
                .is_some_and(|body| body == scope.visible)
        {
            scope.visible += 1;
        }
        let (ctes, is_recursive) = match &query.with {
            Some(with) => (
                with.cte_tables
                    .iter()
                    .map(|cte| {
                        (
                            folded(&cte.alias.name),
                            std::ptr::from_ref(cte.query.as_ref()),
                        )
                    })
                    .collect(),
                with.recursive,
            ),
            None => (Vec::new(), false),
        };
        self.scopes.push(Scope {
            ctes,
            visible: 0,
            is_recursive,
        });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.pop();
        if let Some(scope) = self.scopes.last_mut()
            && let Some(body) = scope.body_at(query)
        {
            scope.visible = scope.visible.max(body + 1);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.is_function = matches!(factor, TableFactor::Table { args: Some(_), .. });
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        if std::mem::take(&mut self.is_function) {
            return ControlFlow::Continue(());
        }
        let parts: Vec<String> = relation
            .0
            .iter()
            .map(|part| match part.as_ident() {
                Some(ident) => folded(ident),
                None => part.to_string(),
            })
            .collect();
        if let [name] = parts.as_slice()
            && let Some(depth) = self.scopes.iter().rposition(|scope| scope.sees(name))
        {
            if depth == 0 {
                self.found.used_ctes.insert(name.clone());
            }
            return ControlFlow::Continue(());
        }
        self.found.tables.push(Reference {
            parts,
            at: place::of_token(self.file, relation.span().start),
        });
        ControlFlow::Continue(())
    }
}

impl Scope {
    fn body_at(&self, query: &Query) -> Option<usize> {
        self.ctes
            .iter()
            .position(|(_, body)| std::ptr::eq(*body, query))
    }

    fn sees(&self, name: &str) -> bool {
        self.ctes[..self.visible].iter().any(|(cte, _)| cte == name)
    }
}

/// An identifier as the planner reads it: lower case unless quoted.
pub(crate) fn folded(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}
