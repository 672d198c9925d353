//! Strands: the ways rows of a stored table reach a column of a model.
//!
//! A strand is a plan. Its rows are the model's rows, each once for every stored row that it came
//! from by this way, with the stored row's columns beside it as `__base_<column>`. A strand that was
//! split (its rows were grouped since) also has [`PART`]: what the stored row adds to the column.

use std::collections::BTreeSet;

use contracts::TableId;
use datafusion::common::{Column, Result};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};

/// The column of what a stored row adds.
pub(super) const PART: &str = "__part";
/// Before the name of a stored row's column.
pub(super) const BASE: &str = "__base_";
/// The column that says by which branch of a union a stored row came; absent when there is one way.
pub(super) const VIA: &str = "__via";

/// One way from the rows of a stored table to a column.
#[derive(Debug, Clone)]
pub(super) struct Strand {
    /// The stored table.
    pub table: TableId,
    /// The model's rows with the stored rows they came from.
    pub plan: LogicalPlan,
    /// Whether the plan has all rows of the model and each once: no branch of a union is left out.
    pub is_whole: bool,
    /// Whether rows were grouped since: then [`PART`] is the stored row's share, else the column is.
    pub is_split: bool,
    /// Whether the shares add up to the column; else they are values that were used.
    pub adds: bool,
    /// The stored table's columns that hold the value, by [`VIA`].
    pub columns: Vec<BTreeSet<String>>,
    /// What was done to the value, from the stored row up: `raw_coal_kg = raw_coal_t * 1000`.
    pub steps: Vec<String>,
}

/// The strands that together make a column: those of one table, and of others for what does not come
/// from it.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    pub table: TableId,
    pub strands: Vec<Strand>,
}

impl Cover {
    /// The tables of its strands.
    pub fn tables(&self) -> BTreeSet<&TableId> {
        self.strands.iter().map(|strand| &strand.table).collect()
    }
}

/// Ways to make a column, each by itself enough: `quantity * factor` is shown by the rows of the
/// quantities or by those of the factors. The first is the one the expression names first.
pub(super) type Covers = Vec<Cover>;

impl Strand {
    /// The columns of the plan that belong to the strand and not to the model.
    pub fn own(&self) -> Vec<Column> {
        let columns = self.plan.schema().columns().into_iter();
        columns
            .filter(|column| {
                let name = column.name.as_str();
                name.starts_with(BASE) || name == PART || name == VIA
            })
            .collect()
    }

    /// The stored row's columns, named without the tables that joins and aliases put before them.
    fn base(&self) -> impl Iterator<Item = Expr> {
        let columns = self.own().into_iter();
        columns.filter(|column| column.name != PART).map(plainly)
    }

    /// By which branch a stored row came.
    pub fn via(&self) -> Option<Expr> {
        let mut own = self.own().into_iter();
        own.find(|column| column.name == VIA).map(Expr::Column)
    }

    /// The stored row's column `name`.
    pub fn stored(&self, name: &str) -> Option<Expr> {
        let mut own = self.own().into_iter();
        own.find(|column| column.name.strip_prefix(BASE) == Some(name))
            .map(Expr::Column)
    }

    /// What the stored row adds.
    pub fn part(&self) -> Option<Expr> {
        let own = self.own().into_iter();
        let mut parts = own.filter(|column| column.name == PART).map(Expr::Column);
        parts.next()
    }

    /// The same by another plan.
    pub fn over(&self, plan: LogicalPlan) -> Self {
        Self {
            plan,
            ..self.clone()
        }
    }

    /// The same with `shown` beside the strand's own columns.
    pub fn showing(&self, shown: Vec<Expr>) -> Result<Self> {
        let own = self.own().into_iter().map(plainly);
        let all: Vec<Expr> = shown.into_iter().chain(own).collect();
        let plan = LogicalPlanBuilder::from(self.plan.clone()).project(all)?;
        Ok(self.over(plan.build()?))
    }

    /// The same, grouped: `shown` beside the stored row's columns and what it adds.
    pub fn split(&self, shown: Vec<Expr>, part: Expr, adds: bool) -> Result<Self> {
        let all: Vec<Expr> = shown
            .into_iter()
            .chain(self.base())
            .chain([part.alias(PART)])
            .collect();
        let plan = LogicalPlanBuilder::from(self.plan.clone()).project(all)?;
        Ok(Self {
            plan: plan.build()?,
            is_split: true,
            is_whole: false,
            adds: self.adds && adds,
            ..self.clone()
        })
    }

    /// The same with one more step told.
    pub fn told(mut self, step: Option<String>) -> Self {
        if let Some(step) = step
            && self.steps.last() != Some(&step)
        {
            self.steps.push(step);
        }
        self
    }
}

fn plainly(column: Column) -> Expr {
    let name = column.name.clone();
    Expr::Column(column).alias(name)
}

/// `expr` under the name and table of `column`.
pub(super) fn named(expr: Expr, column: &Column) -> Expr {
    match &expr {
        Expr::Column(same) if same == column => expr,
        _ => expr.alias_qualified(column.relation.clone(), column.name.clone()),
    }
}

/// Adds covers whose columns are added: each table that any of them knows, with the strands of the
/// others by their own first table where they do not know it.
pub(super) fn added(parts: Vec<Covers>) -> Covers {
    let mut parts: Vec<Covers> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return parts.pop().unwrap_or_default();
    }
    let mut tables: Vec<TableId> = Vec::new();
    for cover in parts.iter().flatten() {
        if !tables.contains(&cover.table) {
            tables.push(cover.table.clone());
        }
    }
    let with = |table: TableId| {
        let strands = parts.iter().filter_map(|part| {
            let own = part.iter().find(|cover| cover.table == table);
            own.or(part.first())
        });
        let strands = strands.flat_map(|cover| cover.strands.clone()).collect();
        Cover { table, strands }
    };
    tables.into_iter().map(with).collect()
}

/// The strands of a union's branches, those of one table laid into one plan: what is built over them
/// is then built once, as in the model, and not once a branch.
pub(super) fn laid_together(strands: Vec<Strand>, branches: usize) -> Result<Vec<Strand>> {
    let mut laid: Vec<(Strand, usize)> = Vec::new();
    for strand in strands {
        let like = |(known, _): &&mut (Strand, usize)| {
            known.table == strand.table && known.is_split == strand.is_split
        };
        match laid.iter_mut().find(like) {
            None => laid.push((strand, 1)),
            Some((known, count)) => {
                *known = beside(known, &strand)?;
                *count += 1;
            }
        }
    }
    let whole = laid.into_iter().map(|(strand, count)| Strand {
        is_whole: strand.is_whole && count == branches,
        ..strand
    });
    Ok(whole.collect())
}

fn beside(one: &Strand, other: &Strand) -> Result<Strand> {
    let first = one.numbered(0)?;
    let second = other.numbered(one.columns.len())?;
    let plan = LogicalPlanBuilder::from(first).union(second)?;
    let mut steps = one.steps.clone();
    steps.extend(other.steps.iter().cloned());
    Ok(Strand {
        plan: plan.build()?,
        is_whole: one.is_whole && other.is_whole,
        adds: one.adds && other.adds,
        columns: [one.columns.clone(), other.columns.clone()].concat(),
        steps,
        ..one.clone()
    })
}

impl Strand {
    /// The plan with [`VIA`] from `first` on, and columns in one order.
    fn numbered(&self, first: usize) -> Result<LogicalPlan> {
        let first = lit(i64::try_from(first).unwrap_or(i64::MAX));
        let via = match self.via() {
            Some(via) => via + first,
            None => first,
        };
        let mut columns = self.plan.schema().columns();
        columns.retain(|column| column.name != VIA);
        let columns = columns.into_iter().map(Expr::Column);
        let columns: Vec<Expr> = columns.chain([via.alias(VIA)]).collect();
        LogicalPlanBuilder::from(self.plan.clone())
            .project(columns)?
            .build()
    }
}
