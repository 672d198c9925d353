//! Formulas for people: a metric's from its declaration, a model's step from its plan.

use contracts::unit::Ratio;
use contracts::{Contract, Titles};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use models::metric::{Aggregate, Measure, Metric};
use serde::Serialize;

/// How a metric is computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// In symbols: `sum(energy_kgce) / sum(people)`.
    pub symbols: String,
    /// In words.
    pub words: Titles,
    /// What the quotient is multiplied with to be in the metric's unit, `100/1`; absent when 1.
    pub factor: Option<String>,
}

impl Formula {
    pub(super) fn of(metric: &Metric, mart: &Contract) -> Self {
        let above = measure(&metric.numerator, mart);
        let mut words = match &metric.denominator {
            None => above,
            Some(denominator) => {
                let below = measure(denominator, mart);
                Titles {
                    zh: format!("{} ÷ {}", above.zh, below.zh),
                    en: format!("{} ÷ {}", above.en, below.en),
                }
            }
        };
        let mut symbols = metric.formula();
        let factor = factor(&metric.factor);
        if let Some(factor) = &factor {
            symbols = format!("{symbols} * {factor}");
            words.zh.push_str(&format!(" × {factor}"));
            words.en.push_str(&format!(" × {factor}"));
        }
        Self {
            symbols,
            words: Titles {
                zh: format!("{} = {}", metric.title.zh, words.zh),
                en: format!("{} = {}", metric.title.en, words.en),
            },
            factor,
        }
    }
}

fn factor(ratio: &Ratio) -> Option<String> {
    let (above, below) = (ratio.numerator(), ratio.denominator());
    match (above == below, below) {
        (true, _) => None,
        (_, 1) => Some(above.to_string()),
        _ => Some(format!("{above}/{below}")),
    }
}

/// A measure in words.
pub(super) fn measure(measure: &Measure, mart: &Contract) -> Titles {
    let title = |name: &str| {
        let column = mart.column(name);
        column.map_or_else(
            || Titles {
                zh: name.to_owned(),
                en: name.to_owned(),
            },
            |column| column.title.clone(),
        )
    };
    let column = title(measure.column.as_str());
    let (zh, en) = match measure.aggregate {
        Aggregate::Sum => (
            format!("{}之和", column.zh),
            format!("sum of {}", column.en),
        ),
        Aggregate::Count => (
            format!("有{}的行数", column.zh),
            format!("number of rows with {}", column.en),
        ),
        Aggregate::CountDistinct => (
            format!("不同{}的个数", column.zh),
            format!("number of different {}", column.en),
        ),
        Aggregate::Min => (
            format!("{}的最小值", column.zh),
            format!("smallest {}", column.en),
        ),
        Aggregate::Max => (
            format!("{}的最大值", column.zh),
            format!("largest {}", column.en),
        ),
    };
    let only: Vec<(String, String)> = measure
        .only
        .iter()
        .map(|filter| {
            let column = title(&filter.column);
            let test = filter.to_string();
            let test = test.strip_prefix(&filter.column).unwrap_or(&test).trim();
            (
                format!("{} {test}", column.zh),
                format!("{} {test}", column.en),
            )
        })
        .collect();
    if only.is_empty() {
        return Titles { zh, en };
    }
    let zh_only: Vec<&str> = only.iter().map(|(zh, _)| zh.as_str()).collect();
    let en_only: Vec<&str> = only.iter().map(|(_, en)| en.as_str()).collect();
    Titles {
        zh: format!("{zh}(限 {})", zh_only.join("、")),
        en: format!("{en} (where {})", en_only.join(" and ")),
    }
}

/// An expression of a plan as people write it: columns without their tables, casts left out.
pub(super) fn plain(expr: &Expr) -> String {
    match expr {
        Expr::Column(column) => column.name.clone(),
        Expr::Alias(alias) => plain(&alias.expr),
        Expr::Literal(value, _) => literal(value),
        Expr::Cast(cast) => plain(&cast.expr),
        Expr::TryCast(cast) => plain(&cast.expr),
        Expr::Negative(value) => format!("-{}", operand(value)),
        Expr::Not(value) => format!("not {}", operand(value)),
        Expr::IsNull(value) => format!("{} is null", operand(value)),
        Expr::IsNotNull(value) => format!("{} is not null", operand(value)),
        Expr::BinaryExpr(binary) => {
            let op = binary.op.to_string().to_lowercase();
            format!("{} {op} {}", operand(&binary.left), operand(&binary.right))
        }
        Expr::Case(value) => case(value),
        Expr::ScalarFunction(function) => call(function.name(), &function.args),
        Expr::AggregateFunction(function) => call(function.func.name(), &function.params.args),
        other => other.to_string(),
    }
}

fn operand(expr: &Expr) -> String {
    match expr {
        Expr::BinaryExpr(_) => format!("({})", plain(expr)),
        Expr::Cast(cast) => operand(&cast.expr),
        Expr::Alias(alias) => operand(&alias.expr),
        _ => plain(expr),
    }
}

fn call(name: &str, args: &[Expr]) -> String {
    let args: Vec<String> = args.iter().map(plain).collect();
    format!("{name}({})", args.join(", "))
}

fn case(case: &Case) -> String {
    let mut text = "case".to_owned();
    if let Some(subject) = &case.expr {
        text.push_str(&format!(" {}", plain(subject)));
    }
    for (when, then) in &case.when_then_expr {
        text.push_str(&format!(" when {} then {}", plain(when), plain(then)));
    }
    if let Some(otherwise) = &case.else_expr {
        text.push_str(&format!(" else {}", plain(otherwise)));
    }
    text + " end"
}

fn literal(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => format!("'{text}'"),
        value if value.is_null() => "null".to_owned(),
        value => value.to_string(),
    }
}
