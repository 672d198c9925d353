//! What a condition says of units: `unit = 'kWh'`, `a.unit = b.unit`.

use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::fact::Fact;
use super::formula::{Formula, Name, Substitution};

/// One side of an equation between texts.
pub(super) enum Side {
    Literal(String),
    Names(Formula),
}

/// The equations that hold where `condition` does: those joined by `and`.
pub(super) fn equations<'e>(condition: &'e Expr, found: &mut Vec<(&'e Expr, &'e Expr)>) {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::And => {
                equations(left, found);
                equations(right, found);
            }
            Operator::Eq => found.push((left, right)),
            _ => {}
        },
        Expr::InList(InList {
            expr,
            list,
            negated: false,
        }) if list.len() == 1 => found.push((expr, &list[0])),
        _ => {}
    }
}

/// Makes the two sides name one unit, when one of them is nothing but a name.
pub(super) fn equate(left: Side, right: Side, by: &mut Substitution) {
    let (name, formula) = match (left, right) {
        (Side::Names(names), Side::Literal(text)) | (Side::Literal(text), Side::Names(names)) => {
            let Some(name) = names.substitute(by).as_name().cloned() else {
                return;
            };
            let unit = name.unit_of(&text);
            (name, Formula::of(unit))
        }
        (Side::Names(left), Side::Names(right)) => {
            let (left, right) = (left.substitute(by), right.substitute(by));
            match (left.as_name(), right.as_name()) {
                (_, Some(name)) => (name.clone(), left),
                (Some(name), None) => (name.clone(), right),
                (None, None) => return,
            }
        }
        (Side::Literal(_), Side::Literal(_)) => return,
    };
    replace(name, formula, by);
}

fn replace(name: Name, formula: Formula, by: &mut Substitution) {
    if formula.names().any(|inside| *inside == name) {
        return;
    }
    let alone = Substitution::from([(name.clone(), formula.clone())]);
    for known in by.values_mut() {
        *known = known.substitute(&alone);
    }
    by.insert(name, formula);
}

/// The facts under a substitution.
pub(super) fn substituted(facts: &[Fact], by: &Substitution) -> Vec<Fact> {
    facts.iter().map(|fact| fact.substitute(by)).collect()
}
