//! Follows a column of a plan down to the stored rows it came from.
//!
//! The plan is taken apart node by node from the top. Below each node the column becomes the columns it
//! is made of; on the way back each node is built again over the strand, so that every row of the
//! strand is still the model's row, with the stored row beside it. Filters laid on top of a strand
//! are pushed down by the engine's own optimiser, through joins, groups and unions, to the scans: a
//! number of one region and year reads the rows of that region and year.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::TableId;
use datafusion::common::{Column, DataFusionError, JoinType, Result, TableReference};
use datafusion::logical_expr::{
    Expr, Filter, Join, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias, TableScan,
    Union, Unnest,
};

use super::strand::{BASE, Cover, Covers, Strand, added, laid_together, named};
use super::terms::{Term, terms, value_columns};

/// Columns that must be there, with the values they have in the model.
pub(super) type Needed = BTreeSet<Column>;

/// Follows columns through the models of a project.
pub(super) struct Tracer<'a> {
    /// The plan of each mart, with its contract's columns; marts are followed into, not read.
    marts: &'a BTreeMap<TableId, LogicalPlan>,
    /// Steps that may still be made.
    steps_left: Cell<usize>,
}

/// Steps at the most, each a node laid over a strand. What takes more would not be answered within a
/// request: the engine's planning of a strand grows faster than its nodes.
const STEPS: usize = 1_000;

impl<'a> Tracer<'a> {
    pub fn new(marts: &'a BTreeMap<TableId, LogicalPlan>) -> Self {
        Self {
            marts,
            steps_left: Cell::new(STEPS),
        }
    }

    /// Steps made so far.
    pub fn steps(&self) -> usize {
        STEPS - self.steps_left.get()
    }

    /// The ways in which stored rows make `column` of `node`.
    ///
    /// A constant has none.
    ///
    /// # Errors
    /// `ResourcesExhausted` when the way is too long; a plan that cannot be built.
    pub fn covers(&self, node: &LogicalPlan, column: &Column, needed: &Needed) -> Result<Covers> {
        let covers = self.covers_of(node, column, needed)?;
        let strands = covers
            .iter()
            .map(|cover| cover.strands.len())
            .sum::<usize>();
        let Some(left) = self.steps_left.get().checked_sub(strands) else {
            let message = format!("it has more than {STEPS} steps");
            return Err(DataFusionError::ResourcesExhausted(message));
        };
        self.steps_left.set(left);
        Ok(covers)
    }

    fn covers_of(&self, node: &LogicalPlan, column: &Column, needed: &Needed) -> Result<Covers> {
        match node {
            LogicalPlan::TableScan(scan) => self.scan(scan, node, column, needed),
            LogicalPlan::Projection(projection) => {
                self.projection(projection, node, column, needed)
            }
            LogicalPlan::Filter(filter) => self.filter(filter, column, needed),
            LogicalPlan::SubqueryAlias(alias) => self.alias(alias, node, column, needed),
            LogicalPlan::Join(join) => self.join(join, column, needed),
            LogicalPlan::Union(union) => self.union(union, node, column, needed),
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate, node, column, needed),
            LogicalPlan::Distinct(distinct) => self.distinct(distinct.input(), column, needed),
            LogicalPlan::Window(window) => self.window(window, node, column, needed),
            LogicalPlan::Unnest(unnest) => self.unnest(unnest, column, needed),
            LogicalPlan::Sort(sort) => self.covers(&sort.input, column, needed),
            LogicalPlan::Repartition(same) => self.covers(&same.input, column, needed),
            // Which rows a limit lets through is not a matter of the rows themselves.
            LogicalPlan::Limit(limit) => {
                let covers = self.covers(&limit.input, column, needed)?;
                each(covers, |strand| {
                    Ok(Strand {
                        adds: false,
                        ..strand
                    })
                })
            }
            _ => Ok(Covers::new()),
        }
    }

    /// The ways in which stored rows make `expr` over the rows of `input`. A strand is either whole,
    /// and has the expression's columns, or split, and then its part is that of the expression.
    pub fn values(&self, input: &LogicalPlan, expr: &Expr, others: &Needed) -> Result<Covers> {
        let splits = |expr: &Expr| self.expression_splits(input, expr);
        if !splits(expr) {
            let needed = with(others, expr.column_refs().into_iter().cloned());
            let mut covers = Covers::new();
            for column in value_columns(expr) {
                for cover in self.covers(input, &column, &needed)? {
                    match covers.iter_mut().find(|known| known.table == cover.table) {
                        Some(known) => note_columns(known, &cover),
                        None => covers.push(cover),
                    }
                }
            }
            return Ok(covers);
        }
        let mut parts = Vec::new();
        for term in terms(expr, input.schema(), &splits)? {
            parts.push(self.term(input, &term, others)?);
        }
        Ok(added(parts))
    }

    fn term(&self, input: &LogicalPlan, term: &Term, others: &Needed) -> Result<Covers> {
        let needed = with(others, term.others());
        let covers = match &term.leaf {
            Expr::Column(column) => self.covers(input, column, &needed)?,
            leaf => self.values(input, leaf, &needed)?,
        };
        each(covers, |strand| {
            let leaf = strand.part().unwrap_or_else(|| term.leaf.clone());
            let shown = others.iter().cloned().map(Expr::Column).collect();
            strand.split(shown, term.of(&leaf)?, term.adds)
        })
    }

    fn scan(
        &self,
        scan: &TableScan,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let Some(table) = table_id(&scan.table_name) else {
            return Ok(Covers::new());
        };
        if let Some(mart) = self.marts.get(&table) {
            let alias = SubqueryAlias::try_new(Arc::new(mart.clone()), scan.table_name.clone())?;
            return self.covers(&LogicalPlan::SubqueryAlias(alias), column, needed);
        }
        let shown = with(needed, [column.clone()]).into_iter().map(Expr::Column);
        let base = node.schema().columns().into_iter();
        let base = base.map(|column| {
            let name = format!("{BASE}{}", column.name);
            Expr::Column(column).alias(name)
        });
        let plan = LogicalPlanBuilder::from(node.clone()).project(shown.chain(base))?;
        let strand = Strand {
            table: table.clone(),
            plan: plan.build()?,
            is_whole: true,
            is_split: false,
            adds: true,
            columns: vec![BTreeSet::from([column.name.clone()])],
            steps: Vec::new(),
        };
        Ok(vec![Cover {
            table,
            strands: vec![strand],
        }])
    }

    fn projection(
        &self,
        projection: &Projection,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let index = node.schema().index_of_column(column)?;
        let expr = &projection.expr[index];
        let outputs: Vec<(Column, &Expr)> = node
            .schema()
            .columns()
            .into_iter()
            .zip(&projection.expr)
            .collect();
        let shown = outputs.iter().filter(|(output, _)| needed.contains(output));
        let others: Needed = shown
            .flat_map(|(_, expr)| expr.column_refs())
            .cloned()
            .collect();
        let step = step(column, expr);
        each(self.values(&projection.input, expr, &others)?, |strand| {
            let shown = outputs.iter().filter(|(output, _)| {
                needed.contains(output) || (output == column && !strand.is_split)
            });
            let shown = shown.map(|(output, expr)| named((*expr).clone(), output));
            Ok(strand.showing(shown.collect())?.told(step.clone()))
        })
    }

    fn filter(&self, filter: &Filter, column: &Column, needed: &Needed) -> Result<Covers> {
        let asked = filter.predicate.column_refs().into_iter().cloned();
        let covers = self.covers(&filter.input, column, &with(needed, asked))?;
        each(covers, |strand| filtered(strand, &filter.predicate))
    }

    fn alias(
        &self,
        alias: &SubqueryAlias,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let inside = alias.input.schema().columns();
        let inner = |outer: &Column| -> Result<Column> {
            Ok(inside[node.schema().index_of_column(outer)?].clone())
        };
        let inner_needed = needed.iter().map(inner).collect::<Result<Needed>>()?;
        let covers = self.covers(&alias.input, &inner(column)?, &inner_needed)?;
        each(covers, |strand| {
            let plan = SubqueryAlias::try_new(Arc::new(strand.plan.clone()), alias.alias.clone())?;
            Ok(strand.over(LogicalPlan::SubqueryAlias(plan)))
        })
    }

    fn join(&self, join: &Join, column: &Column, needed: &Needed) -> Result<Covers> {
        let is_left = join.left.schema().maybe_index_of_column(column).is_some();
        let side = if is_left { &join.left } else { &join.right };
        let keys = join.on.iter().flat_map(|(left, right)| [left, right]);
        let asked = keys.chain(&join.filter).flat_map(Expr::column_refs);
        let of_side = with(needed, asked.cloned());
        let of_side = of_side.into_iter().filter(|column| {
            let has = side.schema().maybe_index_of_column(column);
            has.is_some()
        });
        let covers = self.covers(side, column, &of_side.collect())?;
        each(covers, |strand| {
            let strand_plan = Arc::new(strand.plan.clone());
            let (left, right) = if is_left {
                (strand_plan, Arc::clone(&join.right))
            } else {
                (Arc::clone(&join.left), strand_plan)
            };
            let plan = Join::try_new(
                left,
                right,
                join.on.clone(),
                join.filter.clone(),
                kept(join.join_type, is_left, strand.is_split),
                join.join_constraint,
                join.null_equality,
                join.null_aware,
            )?;
            Ok(strand.over(LogicalPlan::Join(plan)))
        })
    }

    fn union(
        &self,
        union: &Union,
        node: &LogicalPlan,
        column: &Column,
        needed: &Needed,
    ) -> Result<Covers> {
        let outside = node.schema().columns();
        let index = node.schema().index_of_column(column)?;
        let mut parts = Vec::new();
        for input in &union.inputs {
            let inside = input.schema().columns();
            let pairs: Vec<(&Column, &Column)> = outside.iter().zip(&inside).collect();
            let inner_needed = pairs.iter().filter(|(outer, _)| needed.contains(outer));
            let inner_needed = inner_needed.map(|(_, inner)| (*inner).clone()).collect();
            let covers = self.covers(input, &inside[index], &inner_needed)?;
            parts.push(each(covers, |strand| {
                let shown = pairs.iter().filter(|(outer, _)| {
                    needed.contains(outer) || (*outer == column && !strand.is_split)
                });
                let shown = shown.map(|(outer, inner)| {
                    let inner = Expr::Column((*inner).clone());
                    inner.alias_qualified(outer.relation.clone(), outer.name.clone())
                });
                strand.showing(shown.collect())
            })?);
        }
        let branches = parts.len();
        let covers = added(parts).into_iter().map(|cover| {
            Ok(Cover {
                strands: laid_together(cover.strands, branches)?,
                ..cover
            })
        });
        covers.collect()
    }

    fn unnest(&self, unnest: &Unnest, column: &Column, needed: &Needed) -> Result<Covers> {
        let input = &unnest.input;
        let inside = |column: &Column| input.schema().maybe_index_of_column(column).is_some();
        let passes = inside(column) && !unnest.exec_columns.contains(column);
        let lists = unnest.exec_columns.iter().cloned();
        let inner = needed.iter().filter(|column| inside(column)).cloned();
        let inner_needed: Needed = inner.chain(lists).collect();
        let columns = if passes {
            vec![column.clone()]
        } else {
            unnest.exec_columns.clone()
        };
        let mut covers = Covers::new();
        for column in columns {
            covers.extend(self.covers(input, &column, &inner_needed)?);
        }
        each(covers, |strand| {
            let plan = LogicalPlanBuilder::from(strand.plan.clone())
                .unnest_columns_with_options(unnest.exec_columns.clone(), unnest.options.clone())?;
            let strand = strand.over(plan.build()?);
            Ok(Strand {
                adds: strand.adds && passes,
                ..strand
            })
        })
    }

    /// Whether rows are grouped on the way of an expression's value.
    pub fn expression_splits(&self, input: &LogicalPlan, expr: &Expr) -> bool {
        let columns = value_columns(expr);
        columns.iter().any(|column| self.splits(input, column))
    }

    fn splits(&self, node: &LogicalPlan, column: &Column) -> bool {
        let index = node.schema().maybe_index_of_column(column);
        match node {
            LogicalPlan::TableScan(scan) => {
                let mart = table_id(&scan.table_name).and_then(|id| self.marts.get(&id));
                mart.is_some_and(|mart| self.splits(mart, &Column::from_name(column.name.as_str())))
            }
            LogicalPlan::Projection(projection) => index.is_some_and(|index| {
                self.expression_splits(&projection.input, &projection.expr[index])
            }),
            LogicalPlan::SubqueryAlias(alias) => {
                index.is_some_and(|index| self.splits_at(&alias.input, index))
            }
            LogicalPlan::Union(union) => index.is_some_and(|index| {
                let mut inputs = union.inputs.iter();
                inputs.any(|input| self.splits_at(input, index))
            }),
            LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_) => true,
            LogicalPlan::Window(window) => {
                window
                    .input
                    .schema()
                    .maybe_index_of_column(column)
                    .is_none()
                    || self.splits(&window.input, column)
            }
            _ => node.inputs().into_iter().any(|input| {
                input.schema().maybe_index_of_column(column).is_some() && self.splits(input, column)
            }),
        }
    }

    fn splits_at(&self, node: &LogicalPlan, index: usize) -> bool {
        self.splits(node, &node.schema().columns()[index])
    }
}

/// The stored table of a scan: marts also go by their bare names.
fn table_id(name: &TableReference) -> Option<TableId> {
    TableId::new(name.schema().unwrap_or("mart"), name.table()).ok()
}

/// The join that keeps what a strand of one side needs. A row that the side has nothing for adds
/// nothing to a sum, so of a split strand such rows are left out.
fn kept(join: JoinType, is_left: bool, is_split: bool) -> JoinType {
    match (join, is_left) {
        (JoinType::Left, false) | (JoinType::Right, true) if is_split => JoinType::Inner,
        (JoinType::Full, true) if is_split => JoinType::Left,
        (JoinType::Full, false) if is_split => JoinType::Right,
        (join, _) => join,
    }
}

/// What a select makes of a value, for people; a column passed on is not worth telling.
fn step(column: &Column, expr: &Expr) -> Option<String> {
    let inner = expr.clone().unalias();
    match inner {
        Expr::Column(_) | Expr::Literal(..) => None,
        Expr::Cast(cast) if matches!(*cast.expr, Expr::Column(_)) => None,
        inner => Some(format!(
            "{} = {}",
            column.name,
            super::formula::plain(&inner)
        )),
    }
}

fn note_columns(known: &mut Cover, other: &Cover) {
    // The same rows give both columns, so the strand known is enough, and both are worth seeing.
    if let ([known], [other]) = (known.strands.as_mut_slice(), other.strands.as_slice()) {
        for (known, other) in known.columns.iter_mut().zip(&other.columns) {
            known.extend(other.iter().cloned());
        }
    }
}

pub(super) fn filtered(strand: Strand, predicate: &Expr) -> Result<Strand> {
    let plan = Filter::try_new(predicate.clone(), Arc::new(strand.plan.clone()))?;
    Ok(strand.over(LogicalPlan::Filter(plan)))
}

/// The covers with each strand changed.
pub(super) fn each(covers: Covers, change: impl Fn(Strand) -> Result<Strand>) -> Result<Covers> {
    covers
        .into_iter()
        .map(|cover| {
            let strands = cover.strands.into_iter().map(&change);
            Ok(Cover {
                table: cover.table,
                strands: strands.collect::<Result<_>>()?,
            })
        })
        .collect()
}

pub(super) fn with(needed: &Needed, more: impl IntoIterator<Item = Column>) -> Needed {
    needed.iter().cloned().chain(more).collect()
}
