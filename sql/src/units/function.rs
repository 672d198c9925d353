//! Scalar functions: what each does to units.

use contracts::unit::Unit;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::ScalarFunction;

use super::fact::{Fact, Measure, Origins};
use super::fault::UnitFault;
use super::formula::Formula;
use super::plan::{Deriver, Scope};

/// What a scalar function gives.
enum Gives {
    /// A value in the unit of the first argument; the others are counts of digits and the like.
    First,
    /// One of its arguments, which must be in one unit.
    OneOf,
    /// The first argument or null, where the second must be in its unit.
    FirstUnless,
    /// A plain number, of plain numbers.
    Plain,
    /// A plain number, of anything.
    Number,
    /// A power of the first argument.
    Power,
    /// A part of a date.
    DatePart,
    /// Texts one after another.
    Text,
}

fn gives(function: &str) -> Option<Gives> {
    Some(match function {
        "abs" | "round" | "trunc" | "ceil" | "floor" | "arrow_cast" | "arrow_try_cast"
        | "array_element" | "array_max" | "array_min" => Gives::First,
        "coalesce" | "nvl" | "ifnull" | "greatest" | "least" | "make_array" => Gives::OneOf,
        "nullif" => Gives::FirstUnless,
        "exp" | "ln" | "log" | "log2" | "log10" | "sin" | "cos" | "tan" | "asin" | "acos"
        | "atan" | "factorial" | "gcd" | "lcm" => Gives::Plain,
        "signum" | "random" | "length" | "char_length" | "character_length" | "octet_length"
        | "bit_length" | "strpos" | "position" | "instr" | "ascii" | "array_length"
        | "cardinality" | "levenshtein" | "find_in_set" | "regexp_count" | "regexp_instr" => {
            Gives::Number
        }
        "power" | "pow" | "sqrt" | "cbrt" => Gives::Power,
        "date_part" | "datepart" | "extract" => Gives::DatePart,
        "concat" | "concat_ws" => Gives::Text,
        _ => return None,
    })
}

impl Deriver<'_> {
    pub fn function(&mut self, function: &ScalarFunction, whole: &Expr, scope: &Scope) -> Fact {
        let name = function.func.name();
        let args: Vec<Fact> = function
            .args
            .iter()
            .map(|arg| self.fact(arg, scope))
            .collect();
        let Some(gives) = gives(name) else {
            return self.by_type(whole, scope, || {
                format!("the unit check does not know the function `{name}`")
            });
        };
        match gives {
            Gives::First => args.into_iter().next().unwrap_or(Fact::Other),
            Gives::Number => Fact::number(format!("a number from `{name}`")),
            Gives::OneOf => self.one_of(&args, &function.args),
            Gives::FirstUnless => {
                let mut args = args.into_iter();
                let first = args.next().unwrap_or(Fact::Other);
                let at = self.place_of(&[whole]);
                self.unified(&first, &args.next().unwrap_or(Fact::Other), "compares", &at);
                first
            }
            Gives::Plain => {
                for fact in &args {
                    self.refuse_unless_plain(name, fact, whole);
                }
                Fact::number(format!("a number from `{name}`"))
            }
            Gives::Power => self.power(name, &args, &function.args, whole),
            Gives::DatePart => date_part(&function.args),
            Gives::Text => self.joined_texts(&args, &function.args),
        }
    }

    fn one_of(&mut self, args: &[Fact], exprs: &[Expr]) -> Fact {
        let is_text = args.iter().any(|fact| matches!(fact, Fact::Text { .. }));
        if is_text {
            let mut told = args.iter().filter_map(|fact| match fact {
                Fact::Text { names, .. } => Some(names),
                _ => None,
            });
            let first = told.next();
            return match first {
                Some(first) if told.all(|other| other == first) => Fact::Text {
                    names: first.clone(),
                    value: None,
                },
                _ => Fact::text(self.names.new_name("text")),
            };
        }
        let exprs: Vec<&Expr> = exprs.iter().collect();
        let at = self.place_of(&exprs);
        let mut merged = Fact::Fits;
        for fact in args {
            merged = self.unified(&merged, fact, "has branches in", &at);
        }
        merged
    }

    fn refuse_unless_plain(&mut self, function: &str, fact: &Fact, whole: &Expr) {
        if let Fact::Measure(measure) = fact
            && !measure.is_plain()
        {
            let fault = UnitFault::NotANumber {
                at: self.place_of(&[whole]),
                function: function.to_owned(),
                unit: measure.unit.to_string(),
                from: measure.origins.to_string(),
            };
            self.fault(fault);
        }
    }

    /// A power of plain numbers is one; of a measure, when the exponent is a whole literal.
    fn power(&mut self, name: &str, args: &[Fact], exprs: &[Expr], whole: &Expr) -> Fact {
        if let Some(exponent) = args.get(1) {
            self.refuse_unless_plain(name, exponent, whole);
        }
        match args.first() {
            Some(Fact::Measure(measure)) if measure.is_plain() => {
                Fact::number(format!("a number from `{name}`"))
            }
            Some(Fact::Measure(measure)) => {
                let exponent = exprs.get(1).and_then(whole_literal);
                let power = exponent.and_then(|exponent| measure.unit.pow(exponent));
                match power {
                    Some(unit) => Fact::measure(unit, measure.origins.clone()),
                    None => {
                        self.refuse_unless_plain(name, &args[0], whole);
                        Fact::Fits
                    }
                }
            }
            Some(other) => other.clone(),
            None => Fact::Other,
        }
    }

    /// `concat(above, '/', below)` names the quotient of what the two name.
    fn joined_texts(&mut self, args: &[Fact], exprs: &[Expr]) -> Fact {
        let is_quotient = exprs.len() == 3
            && super::expression::text_of(&exprs[1]).is_some_and(|text| text == "/");
        let quotient = match (args.first(), args.get(2)) {
            (Some(Fact::Text { names: above, .. }), Some(Fact::Text { names: below, .. }))
                if is_quotient =>
            {
                above.div(below)
            }
            _ => None,
        };
        match quotient {
            Some(names) => Fact::Text { names, value: None },
            None => Fact::text(self.names.new_name("text")),
        }
    }
}

fn whole_literal(expr: &Expr) -> Option<i8> {
    match expr {
        Expr::Literal(value, _) => value.to_string().parse().ok(),
        Expr::Cast(cast) => whole_literal(&cast.expr),
        _ => None,
    }
}

/// A year of the calendar is in years and seconds since 1970 are in seconds; months, days, hours are
/// places within something larger, hence plain numbers.
fn date_part(args: &[Expr]) -> Fact {
    let part = args.first().and_then(super::expression::text_of);
    let part = part.unwrap_or_default().to_lowercase();
    let unit = match part.as_str() {
        "year" | "years" | "isoyear" => Unit::parse("year").ok(),
        "epoch" => Unit::parse("s").ok(),
        _ => None,
    };
    let origin = format!("the {part} of a date");
    match unit {
        Some(unit) => Fact::Measure(Measure::new(Formula::of(unit), Origins::of(origin))),
        None => Fact::number(origin),
    }
}
