//! Follows columns through what looks at several rows at once: groups, distinct rows, windows.

use std::sync::Arc;

use datafusion::common::{Column, NullEquality, Result};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::expr::{AggregateFunction, WindowFunction};
use datafusion::logical_expr::{
    Aggregate, Expr, ExprFunctionExt as _, JoinType, LogicalPlan, LogicalPlanBuilder, Window,
    WindowFrameBound, ident, lit,
};

use super::strand::{Covers, Strand, named};
use super::trace::{Needed, Tracer, each, filtered, with};

/// Names of the keys by which a strand finds the model's rows again.
fn key(side: &str, index: usize) -> String {
    format!("__{side}{index}")
}

impl Tracer<'_> {
    /// A group is made of its rows.
    pub(super) fn aggregate(
        &self,
        aggregate: &Aggregate,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let outputs = node.schema().columns();
        let keys = &outputs[..aggregate.group_expr.len().min(outputs.len())];
        let groups: Vec<(&Column, &Expr)> = keys.iter().zip(&aggregate.group_expr).collect();
        let by_keys = needed.iter().all(|column| keys.contains(column));
        let wanted = groups
            .iter()
            .filter(|(key, _)| !by_keys || needed.contains(key));
        let wanted: Vec<(&Column, &Expr)> = wanted.copied().collect();
        let refs = wanted.iter().flat_map(|(_, expr)| expr.column_refs());
        let others: Needed = refs.cloned().collect();

        let index = node.schema().index_of_column(column)?;
        let shares = match aggregate.group_expr.get(index) {
            Some(expr) => self.shared_key(&aggregate.input, expr, &others)?,
            None => {
                let expr = &aggregate.aggr_expr[index - aggregate.group_expr.len()];
                let Expr::AggregateFunction(function) = expr.clone().unalias() else {
                    return Ok(Covers::new());
                };
                self.shares(aggregate, &function, &others)?
            }
        };
        each(shares, |strand| {
            let shown = wanted.iter().enumerate().map(|(index, (column, expr))| {
                if by_keys {
                    named((*expr).clone(), column)
                } else {
                    (*expr).clone().alias(key("group", index))
                }
            });
            let strand = strand.showing(shown.collect())?;
            if by_keys {
                return Ok(strand);
            }
            // What else is needed of the group is not in its rows: the group itself is laid beside.
            let right = (0..keys.len()).map(|index| Column::from_name(key("group", index)));
            let plan = beside(node, keys.to_vec(), &strand, right.collect())?;
            strand
                .over(plan)
                .showing(needed.iter().cloned().map(Expr::Column).collect())
        })
    }

    /// The value that a group's rows have in common.
    fn shared_key(&self, input: &LogicalPlan, expr: &Expr, others: &Needed) -> Result<Covers> {
        each(self.values(input, expr, others)?, |strand| {
            let part = strand.part().unwrap_or_else(|| expr.clone());
            strand.split(shown(others), part, false)
        })
    }

    /// What each row adds to an aggregate, or gives to it.
    fn shares(
        &self,
        aggregate: &Aggregate,
        function: &AggregateFunction,
        others: &Needed,
    ) -> Result<Covers> {
        let input = &aggregate.input;
        let params = &function.params;
        let filter = params.filter.as_deref();
        let asked = filter.into_iter().flat_map(Expr::column_refs).cloned();
        let others = with(others, asked);
        let first = params.args.first();
        let argument = first.filter(|expr| !matches!(expr, Expr::Literal(..)));
        let is_count = function.func.name() == "count" && !params.distinct;
        let is_sum = function.func.name() == "sum" && !params.distinct;
        let (covers, needed) = match argument {
            Some(argument) if is_count => {
                let needed = with(&others, argument.column_refs().into_iter().cloned());
                (self.values(input, argument, &needed)?, needed)
            }
            Some(argument) => (self.values(input, argument, &others)?, others),
            None => (self.counted(aggregate, filter, &others)?, others),
        };
        each(covers, |strand| {
            let strand = match filter {
                Some(filter) => filtered(strand, filter)?,
                None => strand,
            };
            if is_count && !strand.is_split {
                let strand = match argument {
                    Some(argument) => filtered(strand, &argument.clone().is_not_null())?,
                    None => strand,
                };
                return strand.split(shown(&needed), lit(1_i64), true);
            }
            let value = argument.cloned().unwrap_or_else(|| lit(1_i64));
            let part = strand.part().unwrap_or(value);
            strand.split(shown(&needed), part, is_sum)
        })
    }

    /// The rows that `count(*)` counts: told by what is asked of them, else by what groups them.
    fn counted(
        &self,
        aggregate: &Aggregate,
        filter: Option<&Expr>,
        others: &Needed,
    ) -> Result<Covers> {
        let input = &aggregate.input;
        let columns = input.schema().columns().into_iter().map(Expr::Column);
        let candidates = filter.into_iter().chain(&aggregate.group_expr).cloned();
        let mut grouped = None;
        for expr in candidates.chain(columns) {
            let covers = self.values(input, &expr, others)?;
            if covers.is_empty() {
                continue;
            }
            if !self.expression_splits(input, &expr) {
                return Ok(covers);
            }
            grouped.get_or_insert(covers);
        }
        Ok(grouped.unwrap_or_default())
    }

    /// A distinct row stands for all that equal it.
    pub(super) fn distinct(
        &self,
        input: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        self.shared_key(input, &Expr::Column(column.clone()), needed)
    }

    /// A window adds a column to its rows, made of the rows around each.
    pub(super) fn window(
        &self,
        window: &Window,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let input = &window.input;
        let inside = |column: &Column| input.schema().maybe_index_of_column(column);
        if inside(column).is_none() {
            return self.looked_at(window, node, column, needed);
        }
        if needed.iter().all(|column| inside(column).is_some()) {
            return self.covers(input, column, needed);
        }
        let all: Needed = input.schema().columns().into_iter().collect();
        each(self.covers(input, column, &all)?, |strand| {
            if strand.is_whole && !strand.is_split {
                let window_exprs = window.window_expr.clone();
                let plan = Window::try_new(window_exprs, Arc::new(strand.plan.clone()))?;
                return Ok(strand.over(LogicalPlan::Window(plan)));
            }
            // The window looks at rows that are not in the strand: its own rows are laid beside.
            let columns: Vec<Column> = all.iter().cloned().collect();
            let found = columns.iter().enumerate();
            let found = found
                .map(|(index, column)| Expr::Column(column.clone()).alias(key("found", index)));
            let strand = strand.showing(found.collect())?;
            let right = (0..columns.len()).map(|index| Column::from_name(key("found", index)));
            let plan = beside(node, columns, &strand, right.collect())?;
            let shown = with(needed, [column.clone()]).into_iter();
            let shown = shown.filter(|shown| needed.contains(shown) || !strand.is_split);
            strand.over(plan).showing(shown.map(Expr::Column).collect())
        })
    }

    /// The rows that a window function looks at: those of its partition, up to the row itself where
    /// the frame ends there; for `lag` the very row.
    fn looked_at(
        &self,
        window: &Window,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let first = window.input.schema().fields().len();
        let index = node.schema().index_of_column(column)?;
        let Expr::WindowFunction(function) = window.window_expr[index - first].clone().unalias()
        else {
            return Ok(Covers::new());
        };
        let look = Look::new(&function);
        let refs = look.partition.iter().chain(&look.order);
        let others: Needed = refs.flat_map(Expr::column_refs).cloned().collect();
        let Some(value) = function.params.args.first().or(look.order.first()) else {
            return Ok(Covers::new());
        };
        let covers = self.values(&window.input, value, &others)?;
        each(covers, |strand| {
            let part = strand.part().unwrap_or_else(|| value.clone());
            let seen = strand.split(look.keys("seen"), part, look.adds)?;
            let plan = match look.rows_back {
                Some(rows) => look.row_before(window, node, &seen, rows, needed)?,
                None => look.rows_around(node, &seen, needed)?,
            };
            seen.over(plan)
                .showing(needed.iter().cloned().map(Expr::Column).collect())
        })
    }
}

/// What a window function looks at.
struct Look {
    partition: Vec<Expr>,
    order: Vec<Expr>,
    is_ascending: bool,
    /// Whether the frame ends at the row itself.
    is_running: bool,
    /// The one row, so many before.
    rows_back: Option<i64>,
    adds: bool,
}

impl Look {
    fn new(function: &WindowFunction) -> Self {
        let params = &function.params;
        let name = function.fun.name();
        let rows_back = (name == "lag").then(|| match params.args.get(1) {
            Some(Expr::Literal(value, _)) => value.to_string().parse().unwrap_or(1),
            _ => 1,
        });
        let frame = &params.window_frame;
        let from_start = frame.start_bound.is_unbounded();
        let to_row = matches!(frame.end_bound, WindowFrameBound::CurrentRow);
        let is_running = to_row && !params.order_by.is_empty();
        let to_end = params.order_by.is_empty() || frame.end_bound.is_unbounded();
        let one_key = params.order_by.len() == 1;
        let is_sum = name == "sum" && !params.distinct && params.filter.is_none();
        let by_range = frame.units == datafusion::logical_expr::WindowFrameUnits::Range;
        Self {
            partition: params.partition_by.clone(),
            order: params.order_by.iter().map(|by| by.expr.clone()).collect(),
            is_ascending: params.order_by.first().is_none_or(|by| by.asc),
            is_running: is_running && one_key && from_start,
            rows_back,
            adds: rows_back.is_some()
                || (is_sum && from_start && (to_end || (is_running && one_key && by_range))),
        }
    }

    /// Partition and order as columns of one side.
    fn keys(&self, side: &str) -> Vec<Expr> {
        let all = self.partition.iter().chain(&self.order).enumerate();
        all.map(|(index, expr)| expr.clone().alias(key(side, index)))
            .collect()
    }

    fn columns(&self, side: &str, count: usize) -> Vec<Column> {
        (0..count)
            .map(|index| Column::from_name(key(side, index)))
            .collect()
    }

    /// The model's rows, each with every row of its partition that it looks at.
    fn rows_around(
        &self,
        node: &LogicalPlan,
        seen: &Strand,
        needed: &Needed,
    ) -> Result<LogicalPlan> {
        let rows = shown(needed).into_iter().chain(self.keys("row"));
        let rows = LogicalPlanBuilder::from(node.clone()).project(rows)?;
        let parts = self.partition.len();
        let reached = self.is_running.then(|| {
            let (seen, row) = (ident(key("seen", parts)), ident(key("row", parts)));
            if self.is_ascending {
                seen.lt_eq(row)
            } else {
                seen.gt_eq(row)
            }
        });
        let on = (self.columns("row", parts), self.columns("seen", parts));
        let plan = seen.plan.clone();
        rows.join_detailed(
            plan,
            JoinType::Inner,
            on,
            reached,
            NullEquality::NullEqualsNull,
        )?
        .build()
    }

    /// The model's rows, each with the row so many before it.
    fn row_before(
        &self,
        window: &Window,
        node: &LogicalPlan,
        seen: &Strand,
        rows_back: i64,
        needed: &Needed,
    ) -> Result<LogicalPlan> {
        let by: Vec<_> = self
            .order
            .iter()
            .map(|expr| expr.clone().sort(self.is_ascending, false))
            .collect();
        let number = row_number()
            .partition_by(self.partition.clone())
            .order_by(by)
            .build()?
            .alias("__number");
        let parts = self.partition.len();
        let numbered = |plan: LogicalPlan| LogicalPlanBuilder::from(plan).window([number.clone()]);
        let rows = shown(needed).into_iter().chain(self.keys("row"));
        let rows = rows.chain([(ident("__number") - lit(rows_back)).alias("__wanted")]);
        let rows = numbered(node.clone())?.project(rows)?;
        let places = self.keys("place").into_iter().chain([ident("__number")]);
        let places = numbered(window.input.as_ref().clone())?.project(places)?;
        let left = [
            self.columns("row", parts),
            vec![Column::from_name("__wanted")],
        ]
        .concat();
        let right = [
            self.columns("place", parts),
            vec![Column::from_name("__number")],
        ]
        .concat();
        let all = parts + self.order.len();
        let same = NullEquality::NullEqualsNull;
        rows.join_detailed(places.build()?, JoinType::Inner, (left, right), None, same)?
            .join_detailed(
                seen.plan.clone(),
                JoinType::Inner,
                (self.columns("place", all), self.columns("seen", all)),
                None,
                same,
            )?
            .build()
    }
}

/// `node` beside a strand that has its keys, null equal to null.
fn beside(
    node: &LogicalPlan,
    keys: Vec<Column>,
    strand: &Strand,
    found: Vec<Column>,
) -> Result<LogicalPlan> {
    let rows = LogicalPlanBuilder::from(node.clone());
    let plan = strand.plan.clone();
    if keys.is_empty() {
        return rows.cross_join(plan)?.build();
    }
    let same = NullEquality::NullEqualsNull;
    rows.join_detailed(plan, JoinType::Inner, (keys, found), None, same)?
        .build()
}

fn shown(needed: &Needed) -> Vec<Expr> {
    needed.iter().cloned().map(Expr::Column).collect()
}
