//! What an expression adds up: its terms, and in which columns its value is.
//!
//! A column that is a sum of rows may be shown row by row as long as what is done to it treats every
//! row alike: a cast that keeps its digits, a sign, a sum with others, a multiple, a branch of a
//! `case`. Such an expression is a list of [`Term`]s, each with the column that is split and what is
//! done to a part of it. Anything else (a quotient, a rounding, a maximum) has no parts: the rows it
//! used can be listed, but they do not add up to it.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::{Case, ScalarFunction};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable as _, Operator, ident, lit};

/// Stands in an expression for the part of a term.
const PART: &str = "__term";

/// A term of an expression.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// What is added, such as a column.
    pub leaf: Expr,
    /// What is done to it.
    wrap: Expr,
    /// Whether parts of the leaf add up to the leaf's share of the expression.
    pub adds: bool,
}

impl Term {
    fn leaf(leaf: Expr, adds: bool) -> Self {
        Self {
            leaf,
            wrap: ident(PART),
            adds,
        }
    }

    fn wrapped(mut self, wrap: impl FnOnce(Expr) -> Expr) -> Self {
        self.wrap = wrap(self.wrap);
        self
    }

    /// What a part of the leaf comes to in the whole.
    pub fn of(&self, part: &Expr) -> Result<Expr> {
        let replaced = self.wrap.clone().transform(|expr| match &expr {
            Expr::Column(column) if column.name == PART => Ok(Transformed::yes(part.clone())),
            _ => Ok(Transformed::no(expr)),
        })?;
        Ok(replaced.data)
    }

    /// The columns that are read beside the leaf: what branches ask, what is multiplied with.
    pub fn others(&self) -> Vec<Column> {
        let refs = self.wrap.column_refs();
        let others = refs.into_iter().filter(|column| column.name != PART);
        others.cloned().collect()
    }
}

/// The terms of `expr` over rows of `schema`; `splits` tells which expressions are sums of rows.
pub(super) fn terms(
    expr: &Expr,
    schema: &DFSchema,
    splits: &dyn Fn(&Expr) -> bool,
) -> Result<Vec<Term>> {
    if matches!(expr, Expr::Literal(..)) {
        return Ok(Vec::new());
    }
    if !splits(expr) {
        return Ok(vec![Term::leaf(expr.clone(), true)]);
    }
    let inner = |expr: &Expr| terms(expr, schema, splits);
    Ok(match expr {
        Expr::Column(_) => vec![Term::leaf(expr.clone(), true)],
        Expr::Alias(alias) => inner(&alias.expr)?,
        Expr::Negative(value) => negative(inner(value)?),
        Expr::Cast(cast) => {
            let from = cast.expr.get_type(schema)?;
            let to = cast.field.data_type();
            if keeps_digits(&from, to) {
                let to = to.clone();
                let terms = inner(&cast.expr)?.into_iter();
                terms
                    .map(|term| {
                        term.wrapped(|part| datafusion::logical_expr::cast(part, to.clone()))
                    })
                    .collect()
            } else {
                used(expr)
            }
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            // The days between two dates are no sum of dates.
            _ if !(is_number(left, schema)? && is_number(right, schema)?) => used(expr),
            Operator::Plus => [inner(left)?, inner(right)?].concat(),
            Operator::Minus => [inner(left)?, negative(inner(right)?)].concat(),
            Operator::Multiply if !splits(right) => {
                multiples(inner(left)?, |part| part * right.as_ref().clone())
            }
            Operator::Multiply if !splits(left) => {
                multiples(inner(right)?, |part| left.as_ref().clone() * part)
            }
            _ => used(expr),
        },
        Expr::Case(case) => {
            let branches = branches(case, inner)?;
            // What only counts branches that hold is made of what they ask, and has no parts.
            if branches.is_empty() {
                used(expr)
            } else {
                branches
            }
        }
        Expr::ScalarFunction(function) => match function.name() {
            "coalesce" => alternatives(function, inner)?,
            "nullif" if matches!(function.args.get(1), Some(Expr::Literal(..))) => {
                inner(&function.args[0])?
            }
            _ => used(expr),
        },
        _ => used(expr),
    })
}

fn is_number(expr: &Expr, schema: &DFSchema) -> Result<bool> {
    let data_type = expr.get_type(schema)?;
    Ok(data_type.is_numeric() || data_type.is_null())
}

fn negative(terms: Vec<Term>) -> Vec<Term> {
    multiples(terms, |part| Expr::Negative(Box::new(part)))
}

fn multiples(terms: Vec<Term>, wrap: impl Fn(Expr) -> Expr) -> Vec<Term> {
    terms.into_iter().map(|term| term.wrapped(&wrap)).collect()
}

/// An expression whose rows do not add up to it.
fn used(expr: &Expr) -> Vec<Term> {
    let columns = value_columns(expr).into_iter();
    columns
        .map(|column| Term::leaf(Expr::Column(column), false))
        .collect()
}

/// The terms of the values of a `case`, each guarded by its branch.
fn branches(case: &Case, inner: impl Fn(&Expr) -> Result<Vec<Term>>) -> Result<Vec<Term>> {
    let values = case.when_then_expr.iter().map(|(_, value)| value.as_ref());
    let values: Vec<&Expr> = values.chain(case.else_expr.as_deref()).collect();
    let mut all = Vec::new();
    for (index, value) in values.iter().enumerate() {
        for term in inner(value)? {
            all.push(term.wrapped(|part| only_branch(case, index, part)));
        }
    }
    Ok(all)
}

/// The `case` with `value` in branch `index` and nothing in all others.
fn only_branch(case: &Case, index: usize, value: Expr) -> Expr {
    let nothing = || lit(ScalarValue::Null);
    let when_then = case.when_then_expr.iter().enumerate();
    let when_then = when_then.map(|(position, (when, _))| {
        let then = if position == index {
            value.clone()
        } else {
            nothing()
        };
        (when.clone(), Box::new(then))
    });
    let is_else = index == case.when_then_expr.len();
    let otherwise = if is_else { value.clone() } else { nothing() };
    Expr::Case(Case {
        expr: case.expr.clone(),
        when_then_expr: when_then.collect(),
        else_expr: Some(Box::new(otherwise)),
    })
}

/// The terms of each argument of `coalesce`, where those before it are null.
fn alternatives(
    function: &ScalarFunction,
    inner: impl Fn(&Expr) -> Result<Vec<Term>>,
) -> Result<Vec<Term>> {
    let mut all = Vec::new();
    let mut before: Option<Expr> = None;
    for argument in &function.args {
        for term in inner(argument)? {
            all.push(term.wrapped(|part| match &before {
                None => part,
                Some(is_null) => Expr::Case(Case {
                    expr: None,
                    when_then_expr: vec![(Box::new(is_null.clone()), Box::new(part))],
                    else_expr: None,
                }),
            }));
        }
        let is_null = argument.clone().is_null();
        before = Some(match before {
            None => is_null,
            Some(before) => before.and(is_null),
        });
    }
    Ok(all)
}

/// Whether a cast changes no value it lets through.
fn keeps_digits(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Decimal128(_, had), DataType::Decimal128(_, has)) => has >= had,
        (from, DataType::Decimal128(_, has)) => from.is_integer() && *has >= 0,
        (from, to) => from == to || (from.is_integer() && matches!(to, DataType::Int64)),
    }
}

/// The columns an expression's value is made of: not those that only choose between values.
pub(super) fn value_columns(expr: &Expr) -> Vec<Column> {
    let mut columns = Vec::new();
    collect(expr, &mut columns);
    if columns.is_empty() {
        // `case when carrier = 'water' then 1 else 0 end`: what is asked is all there is.
        columns = in_order(expr);
    }
    let mut distinct: Vec<Column> = Vec::new();
    for column in columns {
        if !distinct.contains(&column) {
            distinct.push(column);
        }
    }
    distinct
}

fn collect(expr: &Expr, columns: &mut Vec<Column>) {
    match expr {
        Expr::Case(case) => {
            for (_, value) in &case.when_then_expr {
                collect(value, columns);
            }
            if let Some(value) = &case.else_expr {
                collect(value, columns);
            }
        }
        Expr::Alias(alias) => collect(&alias.expr, columns),
        Expr::Cast(cast) => collect(&cast.expr, columns),
        Expr::Negative(value) => collect(value, columns),
        Expr::BinaryExpr(binary) => {
            collect(&binary.left, columns);
            collect(&binary.right, columns);
        }
        Expr::ScalarFunction(function) => {
            for argument in &function.args {
                collect(argument, columns);
            }
        }
        other => columns.extend(in_order(other)),
    }
}

/// The columns of an expression as they are written, so that answers do not depend on a hash.
fn in_order(expr: &Expr) -> Vec<Column> {
    let mut columns = Vec::new();
    let visited = expr.apply(|expr| {
        if let Expr::Column(column) = expr {
            columns.push(column.clone());
        }
        Ok::<_, DataFusionError>(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    });
    // The visitor above never fails.
    visited.map_or_else(|_| Vec::new(), |_| columns)
}
