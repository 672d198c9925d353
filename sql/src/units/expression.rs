//! The walk over an expression: arithmetic, comparison, casts and subqueries.

use contracts::Place;
use contracts::unit::{Ratio, Unit};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::expr::{Between, InList, InSubquery, SetComparison};
use datafusion::logical_expr::{BinaryExpr, Case, Expr, ExprSchemable, LogicalPlan, Operator};

use super::fact::{Fact, Measure, Origins};
use super::fault::UnitFault;
use super::formula::{Formula, text_names};
use super::plan::{Deriver, Scope, merge};
use crate::place;

impl Deriver<'_> {
    /// What is known of the values of `expr`.
    pub fn fact(&mut self, expr: &Expr, scope: &Scope) -> Fact {
        match expr {
            Expr::Alias(alias) => self.fact(&alias.expr, scope),
            Expr::Column(column) => self.column(column, scope),
            Expr::OuterReferenceColumn(_, column) => {
                let found = self
                    .outer
                    .iter()
                    .rev()
                    .find_map(|outer| outer.column(column));
                found.cloned().unwrap_or(Fact::Other)
            }
            Expr::Literal(value, _) => self.literal(value),
            Expr::BinaryExpr(binary) => self.binary(binary, expr, scope),
            Expr::Negative(inner) => self.fact(inner, scope),
            Expr::Cast(cast) => self.cast(&cast.expr, cast.field.data_type(), scope),
            Expr::TryCast(cast) => self.cast(&cast.expr, cast.field.data_type(), scope),
            Expr::Case(case) => self.case(case, scope),
            Expr::ScalarFunction(function) => self.function(function, expr, scope),
            Expr::AggregateFunction(_) => self.drawn(expr, scope, &[]),
            Expr::WindowFunction(function) => self.windowed(function, scope),
            Expr::Unnest(unnest) => self.fact(&unnest.expr, scope),
            Expr::ScalarSubquery(subquery) => {
                let facts = self.inner(&subquery.subquery, scope);
                facts.into_iter().next().unwrap_or(Fact::Other)
            }
            Expr::Between(Between {
                expr, low, high, ..
            }) => self.compared(expr, &[low, high], scope),
            Expr::InList(InList { expr, list, .. }) => {
                let list: Vec<&Expr> = list.iter().collect();
                self.compared(expr, &list, scope)
            }
            Expr::InSubquery(InSubquery { expr, subquery, .. })
            | Expr::SetComparison(SetComparison { expr, subquery, .. }) => {
                let given = self.fact(expr, scope);
                let facts = self.inner(&subquery.subquery, scope);
                let at = self.place_of(&[expr]);
                if let Some(found) = facts.first() {
                    self.unified(&given, found, "compares", &at);
                }
                Fact::Other
            }
            Expr::Exists(exists) => {
                self.inner(&exists.subquery.subquery, scope);
                Fact::Other
            }
            // Tests and patterns: true or false, of whatever stands in them.
            Expr::Not(inner)
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsNotUnknown(inner) => {
                self.fact(inner, scope);
                Fact::Other
            }
            Expr::Like(like) | Expr::SimilarTo(like) => {
                self.fact(&like.expr, scope);
                Fact::Other
            }
            other => self.by_type(other, scope, || {
                format!("the unit check does not know `{}`", other.variant_name())
            }),
        }
    }

    /// What the type alone tells: text and truth values have no unit, numbers one that is not known.
    pub fn by_type(&mut self, expr: &Expr, scope: &Scope, why: impl FnOnce() -> String) -> Fact {
        match expr.get_type(scope.schema.as_ref()) {
            Ok(data_type) if data_type.is_numeric() => Fact::Unknown(why().into()),
            Ok(data_type) if is_text(&data_type) => Fact::text(self.names.new_name("text")),
            _ => Fact::Other,
        }
    }

    fn column(&mut self, column: &Column, scope: &Scope) -> Fact {
        scope.column(column).cloned().unwrap_or(Fact::Other)
    }

    fn literal(&mut self, value: &ScalarValue) -> Fact {
        if value.is_null() {
            return Fact::Fits;
        }
        if let Some(text) = string_of(value) {
            let names = match text_names(text) {
                Some(unit) => Formula::of(unit),
                None => Formula::named(self.names.new_name(text)),
            };
            return Fact::Text { names, value: None };
        }
        if !value.data_type().is_numeric() {
            return Fact::Other;
        }
        match size_of(value) {
            Some(Size::Zero) => Fact::Fits,
            Some(Size::Exact(ratio)) => Fact::Measure(Measure::number(
                Some(ratio),
                format!("the number {}", shown(value)),
            )),
            None => Fact::number(format!("the number {}", shown(value))),
        }
    }

    fn binary(&mut self, binary: &BinaryExpr, whole: &Expr, scope: &Scope) -> Fact {
        let BinaryExpr { left, op, right } = binary;
        if *op == Operator::And {
            let by = self.holds(whole, scope);
            let scope = &scope.under(&by);
            self.fact(left, scope);
            self.fact(right, scope);
            return Fact::Other;
        }
        let a = self.fact(left, scope);
        let b = self.fact(right, scope);
        let at = self.place_of(&[left, right]);
        match op {
            Operator::Plus => self.summed(&a, &b, "adds", &at),
            Operator::Minus => match (&a, &b) {
                (Fact::Other, Fact::Other) => self.between_days(whole, scope),
                _ => self.summed(&a, &b, "subtracts", &at),
            },
            Operator::Multiply => self.product(&a, &b, 1, &at),
            Operator::Divide => self.product(&a, &b, -1, &at),
            Operator::Modulo => self.unified(&a, &b, "divides with a rest", &at),
            Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom => {
                self.unified(&a, &b, "compares", &at);
                Fact::Other
            }
            Operator::StringConcat => Fact::text(self.names.new_name("text")),
            _ => Fact::Other,
        }
    }

    fn summed(&mut self, a: &Fact, b: &Fact, what: &'static str, at: &Place) -> Fact {
        match self.unified(a, b, what, at) {
            // 1 + 1 is no longer a number of known size.
            Fact::Measure(sum) if sum.is_number => Fact::Measure(sum.of_unknown_size()),
            fact => fact,
        }
    }

    /// The days between two dates, where the engine gives them as a number.
    fn between_days(&mut self, expr: &Expr, scope: &Scope) -> Fact {
        let is_number = expr
            .get_type(scope.schema.as_ref())
            .is_ok_and(|data_type| data_type.is_numeric());
        match Unit::parse("d") {
            Ok(day) if is_number => {
                Fact::measure(Formula::of(day), Origins::of("a difference of dates"))
            }
            _ => Fact::Other,
        }
    }

    /// The product (`power` 1) or quotient (-1).
    pub fn product(&mut self, a: &Fact, b: &Fact, power: i8, at: &Place) -> Fact {
        let what = if power > 0 { "multiplies" } else { "divides" };
        match (a, b) {
            (Fact::Measure(a), Fact::Measure(b)) => match a.times(b, power) {
                Some(product) => Fact::Measure(product),
                None => {
                    self.fault(UnitFault::TooLarge { at: at.clone() });
                    Fact::Fits
                }
            },
            (Fact::Fits, _) | (_, Fact::Fits) => Fact::Fits,
            (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
            (Fact::Undeclared(origins), other) | (other, Fact::Undeclared(origins)) => {
                match other {
                    Fact::Measure(number) if number.is_number => Fact::Undeclared(origins.clone()),
                    _ => {
                        self.no_unit(what, origins, at);
                        Fact::Fits
                    }
                }
            }
            _ => Fact::Other,
        }
    }

    /// The two as one kind of thing; a fault when their units are unlike.
    pub fn unified(&mut self, a: &Fact, b: &Fact, what: &'static str, at: &Place) -> Fact {
        match (a, b) {
            (Fact::Unknown(why), Fact::Measure(known))
            | (Fact::Measure(known), Fact::Unknown(why))
                if !known.is_number =>
            {
                self.fault(UnitFault::NotKnown {
                    at: at.clone(),
                    what,
                    why: why.to_string(),
                });
                return Fact::Fits;
            }
            _ => {}
        }
        if let Some(merged) = merge(a, b) {
            return merged;
        }
        if self.is_audit && what == "compares" && (is_number(a) || is_number(b)) {
            return Fact::Fits;
        }
        match (a, b) {
            (Fact::Undeclared(origins), _) | (_, Fact::Undeclared(origins)) => {
                self.no_unit(what, origins, at);
            }
            (Fact::Measure(a), Fact::Measure(b)) => {
                let factor = a
                    .unit
                    .same_names(&b.unit)
                    .then(|| a.unit.fixed.factor_to(&b.unit.fixed))
                    .flatten();
                self.fault(UnitFault::Unlike {
                    at: at.clone(),
                    what,
                    left: a.unit.to_string(),
                    left_from: a.origins.to_string(),
                    right: distinct(&a.unit, &b.unit),
                    right_from: b.origins.to_string(),
                    factor: factor.map(|factor| factor.to_string()),
                });
            }
            _ => {}
        }
        Fact::Fits
    }

    fn compared(&mut self, expr: &Expr, others: &[&Expr], scope: &Scope) -> Fact {
        let given = self.fact(expr, scope);
        for other in others {
            let found = self.fact(other, scope);
            let at = self.place_of(&[expr, other]);
            self.unified(&given, &found, "compares", &at);
        }
        Fact::Other
    }

    fn cast(&mut self, inner: &Expr, to: &DataType, scope: &Scope) -> Fact {
        let fact = self.fact(inner, scope);
        match fact {
            Fact::Text {
                value: Some(unit), ..
            } if to.is_numeric() => {
                let origin = column_of(inner).map(|column| format!("the number in `{column}`"));
                Fact::measure(unit, Origins::of(origin.unwrap_or_default()))
            }
            Fact::Text { .. } if to.is_numeric() => Fact::number("a number read from text"),
            Fact::Text { .. } if is_text(to) => fact,
            Fact::Other if to.is_numeric() => Fact::number("a truth value or date as a number"),
            Fact::Measure(_) | Fact::Undeclared(_) | Fact::Unknown(_) if is_text(to) => {
                Fact::text(self.names.new_name("text"))
            }
            Fact::Text { .. } => Fact::Other,
            other => other,
        }
    }

    fn inner(&mut self, plan: &LogicalPlan, scope: &Scope) -> Vec<Fact> {
        self.outer.push(scope.clone());
        let facts = self.plan(plan);
        self.outer.pop();
        facts
    }

    pub fn no_unit(&mut self, what: &'static str, origins: &Origins, at: &Place) {
        self.fault(UnitFault::NoUnit {
            at: at.clone(),
            what,
            columns: origins.to_string(),
        });
    }

    pub fn fault(&mut self, fault: UnitFault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Where the first column named in `exprs` stands; else where the step does.
    pub fn place_of(&self, exprs: &[&Expr]) -> Place {
        let span = exprs
            .iter()
            .flat_map(|expr| expr.column_refs())
            .filter_map(|column| column.spans().first())
            .map(|span| span.start.line)
            .min();
        span.map_or_else(|| self.at.clone(), |line| place::at_line(self.file, line))
    }
}

/// A tolerance or a number of rows: an audit may hold them against anything.
fn is_number(fact: &Fact) -> bool {
    matches!(fact, Fact::Measure(measure) if measure.is_number)
}

/// The second of two units; where both are spelt alike, they are those of different rows.
pub(super) fn distinct(first: &Formula, second: &Formula) -> String {
    let second = second.to_string();
    match first.to_string() == second {
        true => format!("another {second}"),
        false => second,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

enum Size {
    Zero,
    Exact(Ratio),
}

/// The size of a literal, whatever its sign.
fn size_of(value: &ScalarValue) -> Option<Size> {
    let (unscaled, scale) = match value {
        ScalarValue::Decimal128(Some(unscaled), _, scale) => (*unscaled, *scale),
        ScalarValue::Float64(Some(float)) if *float == 0.0 => return Some(Size::Zero),
        other => (other.to_string().parse::<i128>().ok()?, 0),
    };
    let magnitude = unscaled.checked_abs()?;
    if magnitude == 0 {
        return Some(Size::Zero);
    }
    let power = 10_i128.checked_pow(u32::from(scale.unsigned_abs()))?;
    let ratio = if scale >= 0 {
        Ratio::new(magnitude, power)
    } else {
        Ratio::new(magnitude.checked_mul(power)?, 1)
    };
    ratio.map(Size::Exact)
}

fn shown(value: &ScalarValue) -> String {
    match size_of(value) {
        Some(Size::Exact(ratio)) => ratio.to_string(),
        _ => value.to_string(),
    }
}

fn string_of(value: &ScalarValue) -> Option<&str> {
    value.try_as_str().flatten()
}

/// The text of a literal, through casts.
pub(super) fn text_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(value, _) => string_of(value).map(str::to_owned),
        Expr::Cast(cast) => text_of(&cast.expr),
        Expr::Alias(alias) => text_of(&alias.expr),
        _ => None,
    }
}

/// The column an expression is, through casts and other names.
pub(super) fn column_of(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Column(column) => Some(column),
        Expr::Cast(cast) => column_of(&cast.expr),
        Expr::Alias(alias) => column_of(&alias.expr),
        _ => None,
    }
}

/// The `case` an expression is, through casts and other names.
pub(super) fn case_of(expr: &Expr) -> Option<&Case> {
    match expr {
        Expr::Case(case) => Some(case),
        Expr::Cast(cast) => case_of(&cast.expr),
        Expr::Alias(alias) => case_of(&alias.expr),
        _ => None,
    }
}

/// What is left of the units in `branches` when each is divided by what the text beside it names (or,
/// at `power` -1, multiplied): the same everywhere, or nothing.
pub(super) fn rest_beside(
    branches: &[Fact],
    told: &[Fact],
    power: i8,
) -> Option<(Formula, Origins)> {
    let mut rest: Option<(Formula, Origins)> = None;
    for (branch, told) in branches.iter().zip(told) {
        let measure = match (branch, told) {
            (Fact::Fits, _) => continue,
            (Fact::Measure(measure), _) => measure,
            _ => return None,
        };
        let Fact::Text { names, .. } = told else {
            return None;
        };
        // The number 1 beside `count` is one thing counted.
        let is_counted =
            measure.is_number && names.is_fixed() && super::fact::is_counted(&names.fixed);
        let this = if is_counted || (power == 1 && measure.is_in(names)) {
            Formula::one()
        } else {
            // What is divided by the unit of the row has one below the line.
            if power < 0 && !measure.unit.to_string().contains('/') {
                return None;
            }
            measure.unit.div(&names.pow(power)?)?
        };
        // A text that is neither a unit nor in the number's own tells nothing of it.
        if names
            .names()
            .any(|told| this.names().any(|left| left == told))
        {
            return None;
        }
        match &rest {
            None => rest = Some((this, measure.origins.clone())),
            Some((known, origins)) if *known == this => {
                rest = Some((this, origins.with(&measure.origins)));
            }
            Some(_) => return None,
        }
    }
    rest
}
