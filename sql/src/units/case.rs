//! `case`: branches under their conditions, and numbers whose unit a text beside them tells.

use datafusion::logical_expr::{BinaryExpr, Case, Expr, Operator};

use super::expression::rest_beside;
use super::fact::Fact;
use super::formula::Formula;
use super::plan::{Deriver, Scope, Sibling, merge};

impl Deriver<'_> {
    pub fn case(&mut self, case: &Case, scope: &Scope) -> Fact {
        let branches = self.branches(case, scope);
        let mut merged = Fact::Fits;
        let mut is_like = true;
        for (_, fact) in &branches {
            match merge(&merged, fact) {
                Some(fact) => merged = fact,
                None => is_like = false,
            }
        }
        let is_text = branches
            .iter()
            .any(|(_, fact)| matches!(fact, Fact::Text { .. }));
        if is_text {
            return self.text_branches(&branches);
        }
        if is_like {
            return merged;
        }
        let facts: Vec<Fact> = branches.iter().map(|(_, fact)| fact.clone()).collect();
        if let Some(fact) = self.beside_sibling(case, &facts) {
            return fact;
        }
        let mut merged = Fact::Fits;
        let mut seen: Vec<&Expr> = Vec::new();
        for (expr, fact) in &branches {
            seen.push(expr);
            let at = self.place_of(&seen);
            merged = self.unified(&merged, fact, "has branches in", &at);
        }
        merged
    }

    /// Each result with what is known of it where its condition holds.
    fn branches<'e>(&mut self, case: &'e Case, scope: &Scope) -> Vec<(&'e Expr, Fact)> {
        let mut branches = Vec::new();
        let given = case.expr.as_deref();
        for (when, then) in &case.when_then_expr {
            let by = match given {
                None => {
                    self.fact(when, scope);
                    self.holds(when, scope)
                }
                Some(given) => {
                    let equation = Expr::BinaryExpr(BinaryExpr::new(
                        Box::new(given.clone()),
                        Operator::Eq,
                        when.clone(),
                    ));
                    self.fact(&equation, scope);
                    self.holds(&equation, scope)
                }
            };
            let fact = match by.is_empty() {
                true => self.fact(then, scope),
                false => self.fact(then, &scope.under(&by)),
            };
            branches.push((then.as_ref(), fact));
        }
        if let Some(other) = &case.else_expr {
            branches.push((other.as_ref(), self.fact(other, scope)));
        }
        branches
    }

    fn text_branches(&mut self, branches: &[(&Expr, Fact)]) -> Fact {
        let mut told = branches.iter().filter_map(|(_, fact)| match fact {
            Fact::Text { names, value } => Some((names, value)),
            _ => None,
        });
        if let Some((names, value)) = told.next()
            && told.all(|other| other == (names, value))
        {
            return Fact::Text {
                names: names.clone(),
                value: value.clone(),
            };
        }
        Fact::text(self.names.new_name("text"))
    }

    /// A `case` of texts, as what may tell the unit of a number beside it.
    pub fn sibling(&mut self, case: &Case, scope: &Scope, column: &str) -> Option<Sibling> {
        let branches = self.branches(case, scope);
        let is_text = branches
            .iter()
            .any(|(_, fact)| matches!(fact, Fact::Text { .. }));
        if !is_text {
            return None;
        }
        // A step that gives one unit in every branch needs no name of its own.
        let names = match self.text_branches(&branches) {
            Fact::Text { names, .. } if names.as_name().is_none() => names,
            _ => Formula::named(self.names.new_name(column)),
        };
        let branches = branches.into_iter().map(|(_, fact)| match fact {
            Fact::Text { names, .. } => Some(names),
            _ => None,
        });
        Some(Sibling {
            case: case.clone(),
            branches: branches.collect(),
            names,
        })
    }

    fn beside_sibling(&mut self, case: &Case, facts: &[Fact]) -> Option<Fact> {
        for sibling in &self.siblings {
            let same_conditions = sibling.case.expr == case.expr
                && sibling.case.else_expr.is_some() == case.else_expr.is_some()
                && sibling.case.when_then_expr.len() == case.when_then_expr.len()
                && sibling
                    .case
                    .when_then_expr
                    .iter()
                    .zip(&case.when_then_expr)
                    .all(|((a, _), (b, _))| a == b);
            if !same_conditions {
                continue;
            }
            let told: Vec<Fact> = sibling
                .branches
                .iter()
                .map(|names| match names {
                    Some(names) => Fact::Text {
                        names: names.clone(),
                        value: None,
                    },
                    None => Fact::Other,
                })
                .collect();
            for power in [1, -1] {
                if let Some((rest, origins)) = rest_beside(facts, &told, power)
                    && let Some(names) = sibling.names.pow(power)
                    && let Some(unit) = rest.mul(&names)
                {
                    return Some(Fact::measure(unit, origins));
                }
            }
        }
        None
    }
}
