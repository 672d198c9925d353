//! Aggregates and windows: what is drawn from many rows.

use datafusion::logical_expr::expr::{AggregateFunctionParams, WindowFunction};
use datafusion::logical_expr::{Expr, WindowFunctionDefinition};

use super::fact::{Fact, Measure};
use super::fault::UnitFault;
use super::plan::{Deriver, Scope};

/// What a function over rows does to the unit of its first argument.
enum Draws {
    /// Gives a value in it.
    Keeps,
    /// Gives a value in it that is no single row's: ones summed are a count.
    Adds,
    /// Gives its square.
    Squares,
    /// Gives a number of rows or a place among them.
    Counts,
    /// Gives a truth value or a list.
    Nothing,
}

fn draws(function: &str) -> Option<Draws> {
    Some(match function {
        "sum" => Draws::Adds,
        "avg"
        | "mean"
        | "min"
        | "max"
        | "median"
        | "first_value"
        | "last_value"
        | "nth_value"
        | "lag"
        | "lead"
        | "stddev"
        | "stddev_pop"
        | "stddev_samp"
        | "percentile_cont"
        | "approx_percentile_cont"
        | "approx_median"
        | "array_agg" => Draws::Keeps,
        "var" | "var_pop" | "var_samp" => Draws::Squares,
        "count" | "approx_distinct" | "row_number" | "rank" | "dense_rank" | "percent_rank"
        | "cume_dist" | "ntile" | "grouping" | "regr_count" | "corr" => Draws::Counts,
        "bool_and" | "bool_or" | "string_agg" => Draws::Nothing,
        _ => return None,
    })
}

impl Deriver<'_> {
    /// An aggregate, where `told` are the facts of the columns that are the same in each group.
    pub fn drawn(&mut self, expr: &Expr, scope: &Scope, told: &[Fact]) -> Fact {
        match expr {
            Expr::Alias(alias) => self.drawn(&alias.expr, scope, told),
            Expr::AggregateFunction(function) => {
                let AggregateFunctionParams {
                    args,
                    filter,
                    order_by,
                    ..
                } = &function.params;
                let filtered;
                let scope = match filter {
                    Some(filter) => {
                        let by = self.holds(filter, scope);
                        self.fact(filter, scope);
                        filtered = scope.under(&by);
                        &filtered
                    }
                    None => scope,
                };
                for key in order_by {
                    self.fact(&key.expr, scope);
                }
                self.over_rows(function.func.name(), args, expr, scope, told)
            }
            other => self.fact(other, scope),
        }
    }

    pub fn windowed(&mut self, function: &WindowFunction, scope: &Scope) -> Fact {
        let params = &function.params;
        for key in &params.order_by {
            self.fact(&key.expr, scope);
        }
        let told: Vec<Fact> = params
            .partition_by
            .iter()
            .map(|key| self.fact(key, scope))
            .collect();
        let name = match &function.fun {
            WindowFunctionDefinition::AggregateUDF(aggregate) => aggregate.name(),
            WindowFunctionDefinition::WindowUDF(window) => window.name(),
        };
        let whole = Expr::WindowFunction(Box::new(function.clone()));
        let fact = self.over_rows(name, &params.args, &whole, scope, &told);
        // What stands where there is no row before or after.
        if matches!(name, "lag" | "lead")
            && let Some(default) = params.args.get(2)
        {
            let default_fact = self.fact(default, scope);
            let at = self.place_of(&[&whole]);
            return self.unified(&fact, &default_fact, "has branches in", &at);
        }
        fact
    }

    fn over_rows(
        &mut self,
        function: &str,
        args: &[Expr],
        whole: &Expr,
        scope: &Scope,
        told: &[Fact],
    ) -> Fact {
        let given: Vec<Fact> = args.iter().map(|arg| self.fact(arg, scope)).collect();
        let Some(draws) = draws(function) else {
            return self.by_type(whole, scope, || {
                format!("the unit check does not know the function `{function}`")
            });
        };
        let first = given.into_iter().next().unwrap_or(Fact::Other);
        match draws {
            Draws::Counts => Fact::number(format!("a `{function}` of rows")),
            Draws::Nothing => self.by_type(whole, scope, String::new),
            Draws::Keeps | Draws::Adds | Draws::Squares => {
                let first = self.of_one_unit(function, first, whole, told);
                match (draws, first) {
                    (Draws::Adds, Fact::Measure(sum)) if sum.is_number => {
                        Fact::Measure(sum.of_unknown_size())
                    }
                    (Draws::Adds, Fact::Undeclared(origins)) => {
                        let at = self.place_of(&[whole]);
                        self.no_unit("sums", &origins, &at);
                        Fact::Fits
                    }
                    (Draws::Squares, Fact::Measure(measure)) => {
                        let at = self.place_of(&[whole]);
                        let one = Fact::Measure(measure);
                        self.product(&one, &one, 1, &at)
                    }
                    (_, fact) => fact,
                }
            }
        }
    }

    /// Refuses to draw together values whose unit differs among the rows.
    fn of_one_unit(&mut self, function: &str, fact: Fact, whole: &Expr, told: &[Fact]) -> Fact {
        let Fact::Measure(measure) = &fact else {
            return fact;
        };
        let is_told = |name: &super::formula::Name| {
            told.iter().any(|fact| match fact {
                Fact::Text { names, .. } => names.names().any(|known| known == name),
                _ => false,
            })
        };
        let Some(name) = measure.unit.names().find(|name| !is_told(name)) else {
            return fact;
        };
        let fault = UnitFault::MixedRows {
            at: self.place_of(&[whole]),
            function: function.to_owned(),
            unit: measure.unit.to_string(),
            from: measure.origins.to_string(),
            column: name.column.to_string(),
        };
        self.fault(fault);
        Fact::Fits
    }
}

impl Measure {
    /// Whether these are numbers without a unit, so that powers and logarithms make sense.
    pub fn is_plain(&self) -> bool {
        self.unit.is_fixed() && (self.is_number || self.is_in(&super::formula::Formula::one()))
    }
}
