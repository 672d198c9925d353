//! How far a row of an input reaches into a mart: which values of the mart's partition column its
//! rows can take part in.
//!
//! The logical plan is walked from the mart's column down. At each node the value is an expression
//! over the node's columns, and the walk asks what it is over the columns of each input, such that a
//! row of the mart with value *v* comes only from rows of the input whose expression is *v*:
//!
//! | node | the value goes on |
//! |---|---|
//! | projection, alias, filter, sort, distinct | through renames and expressions |
//! | grouping | if the group decides it |
//! | window | if the window's partition decides it |
//! | join | on the side whose columns it has; on the other side through equal keys |
//! | union | into each branch |
//! | unnest | if it is not what is unnested |
//!
//! Anything else ends the walk: a limit, a total over several values, the side of a join that is not
//! compared by it. Below that end a change reaches every partition, and the reason is told.
//!
//! The expression found at a table says two things: which partitions a changed row touches, and which
//! rows have to be read to compute some partitions. See [`Reach::restricted`].

mod side;

use contracts::TableId;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, DataFusionError};
use datafusion::logical_expr::logical_plan::{Aggregate, Join, Projection, Unnest, Window};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, LogicalPlanBuilder, lit};

type Result<T, E = DataFusionError> = std::result::Result<T, E>;

/// A value followed to a node, or why it cannot be followed there.
type Followed = Result<Expr, Lost>;

/// Why a value cannot be followed further down, in words that end "…, which".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost(pub String);

/// Where the rows of a mart's partition come from.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    plan: LogicalPlan,
    value: Expr,
    /// One for each place where the plan reads a table.
    pub scans: Vec<ScanReach>,
}

/// What one read of a table has to do with the mart's partition column.
#[derive(Debug, Clone)]
pub(crate) struct ScanReach {
    /// The table.
    pub table: TableId,
    /// Its columns that the plan reads.
    pub columns: Vec<String>,
    /// The value of the partition column that a row takes part in, over the columns of the table.
    pub value: Result<Expr, Lost>,
}

impl Reach {
    /// Follows `column` of the optimised `plan` down to the tables.
    ///
    /// # Errors
    /// The plan has no such column.
    pub fn of(plan: LogicalPlan, column: &str) -> Result<Self> {
        let value = Expr::Column(
            plan.schema()
                .qualified_field_with_unqualified_name(column)?
                .into(),
        );
        let mut walk = Walk::default();
        walk.go(plan.clone(), Ok(value.clone()))?;
        Ok(Self {
            plan,
            value,
            scans: walk.scans,
        })
    }

    /// The plan over those rows only that decide the partitions for which `wanted` holds, and giving
    /// only these.
    ///
    /// # Errors
    /// `wanted` does not fit the column.
    pub fn restricted(&self, wanted: &dyn Fn(Expr) -> Expr) -> Result<LogicalPlan> {
        let mut walk = Walk {
            wanted: Some(wanted),
            ..Walk::default()
        };
        let plan = walk.go(self.plan.clone(), Ok(self.value.clone()))?;
        LogicalPlanBuilder::from(plan)
            .filter(wanted(self.value.clone()))?
            .build()
    }
}

#[derive(Default)]
struct Walk<'a> {
    /// Which values are wanted: scans are filtered by it where the value reaches them.
    wanted: Option<&'a dyn Fn(Expr) -> Expr>,
    scans: Vec<ScanReach>,
}

impl Walk<'_> {
    /// Walks `plan`, whose rows take part in the value `value`.
    fn go(&mut self, plan: LogicalPlan, value: Followed) -> Result<LogicalPlan> {
        if let LogicalPlan::TableScan(_) = &plan {
            return self.table(plan, value);
        }
        let mut below = match value {
            Ok(value) if value.is_volatile() => lost_all(&plan, &lost("a random value")),
            Ok(value) => follow(&plan, &value)?,
            Err(lost) => lost_all(&plan, &lost),
        }
        .into_iter();
        let plan = plan
            .map_children(|input| {
                let value = below.next().unwrap_or_else(|| Err(lost("an unknown step")));
                self.go(input, value).map(Transformed::yes)
            })?
            .data;
        // What is left of subqueries is compared with every row.
        let plan = plan.map_subqueries(|query| {
            self.go(query, Err(lost("a subquery")))
                .map(Transformed::yes)
        })?;
        Ok(plan.data)
    }

    fn table(&mut self, plan: LogicalPlan, value: Followed) -> Result<LogicalPlan> {
        let LogicalPlan::TableScan(scan) = &plan else {
            return Ok(plan);
        };
        let value = match scan.fetch {
            Some(_) => Err(lost("a limit")),
            None => value,
        };
        let restricted = match (&self.wanted, &value) {
            (Some(wanted), Ok(value)) => Some(wanted(value.clone())),
            _ => None,
        };
        // A mart goes by its bare name as well.
        let schema = scan.table_name.schema().unwrap_or("mart");
        let table = TableId::new(schema, scan.table_name.table())
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let columns = scan.projected_schema.fields().iter();
        self.scans.push(ScanReach {
            table,
            columns: columns.map(|field| field.name().clone()).collect(),
            value: match value {
                Ok(value) => Ok(unqualified(value)?),
                Err(lost) => Err(lost),
            },
        });
        match restricted {
            Some(filter) => LogicalPlanBuilder::from(plan).filter(filter)?.build(),
            None => Ok(plan),
        }
    }
}

fn lost(what: &str) -> Lost {
    Lost(what.to_owned())
}

fn lost_all(plan: &LogicalPlan, lost: &Lost) -> Vec<Followed> {
    plan.inputs().iter().map(|_| Err(lost.clone())).collect()
}

/// What `value`, over the columns of `plan`, is over those of each of its inputs.
fn follow(plan: &LogicalPlan, value: &Expr) -> Result<Vec<Followed>> {
    let one = |followed| Ok(vec![followed]);
    match plan {
        LogicalPlan::Projection(projection) => one(Ok(through_projection(projection, value)?)),
        LogicalPlan::SubqueryAlias(alias) => {
            one(Ok(by_position(value, &alias.schema, alias.input.schema())?))
        }
        LogicalPlan::Filter(_) | LogicalPlan::Repartition(_) => one(Ok(value.clone())),
        LogicalPlan::Distinct(Distinct::All(_)) => one(Ok(value.clone())),
        LogicalPlan::Sort(sort) if sort.fetch.is_none() => one(Ok(value.clone())),
        LogicalPlan::Aggregate(aggregate) => one(through_groups(aggregate, value)?),
        LogicalPlan::Window(window) => one(through_windows(window, value)?),
        LogicalPlan::Unnest(unnest) => one(through_unnest(unnest, value)?),
        LogicalPlan::Join(join) => through_join(join, value),
        LogicalPlan::Union(union) => {
            let branches = union.inputs.iter();
            branches
                .map(|branch| Ok(Ok(by_position(value, &union.schema, branch.schema())?)))
                .collect()
        }
        LogicalPlan::Sort(_) | LogicalPlan::Limit(_) => Ok(lost_all(plan, &lost("a limit"))),
        other => Ok(lost_all(
            other,
            &Lost(format!("a step `{}`", name_of(other))),
        )),
    }
}

fn name_of(plan: &LogicalPlan) -> String {
    let text = plan.display().to_string();
    text.split([':', ' ']).next().unwrap_or_default().to_owned()
}

/// Replaces each column of `value` by what `replace` says.
fn substitute(value: &Expr, replace: impl Fn(&Column) -> Result<Expr>) -> Result<Expr> {
    let replaced = value.clone().transform_up(|part| match &part {
        Expr::Column(column) => Ok(Transformed::yes(replace(column)?)),
        _ => Ok(Transformed::no(part)),
    })?;
    Ok(replaced.data)
}

fn unqualified(value: Expr) -> Result<Expr> {
    substitute(&value, |column| {
        Ok(Expr::Column(Column::new_unqualified(&column.name)))
    })
}

fn by_position(value: &Expr, from: &DFSchema, to: &DFSchema) -> Result<Expr> {
    substitute(value, |column| {
        let index = from.index_of_column(column)?;
        Ok(Expr::Column(Column::from(to.qualified_field(index))))
    })
}

fn through_projection(projection: &Projection, value: &Expr) -> Result<Expr> {
    substitute(value, |column| {
        let index = projection.schema.index_of_column(column)?;
        Ok(projection.expr[index].clone().unalias_nested().data)
    })
}

fn through_groups(aggregate: &Aggregate, value: &Expr) -> Result<Followed> {
    let groups = &aggregate.group_expr;
    if groups
        .iter()
        .any(|group| matches!(group, Expr::GroupingSet(_)))
    {
        return Ok(Err(lost("a grouping by several sets of columns")));
    }
    for column in value.column_refs() {
        if aggregate.schema.index_of_column(column)? >= groups.len() {
            return Ok(Err(Lost(format!(
                "a total over several values of `{}`",
                column.name
            ))));
        }
    }
    let value = substitute(value, |column| {
        let index = aggregate.schema.index_of_column(column)?;
        Ok(groups[index].clone().unalias_nested().data)
    })?;
    if value.column_refs().is_empty() {
        // One total over everything, or groups by constants.
        return Ok(Err(lost("a total over all rows")));
    }
    Ok(Ok(value))
}

fn through_windows(window: &Window, value: &Expr) -> Result<Followed> {
    let input_width = window.input.schema().fields().len();
    for column in value.column_refs() {
        if window.schema.index_of_column(column)? >= input_width {
            return Ok(Err(Lost(format!("a window that makes `{}`", column.name))));
        }
    }
    for expr in &window.window_expr {
        let Expr::WindowFunction(function) = expr.clone().unalias() else {
            return Ok(Err(lost("an unknown window")));
        };
        if !is_decided_by(value, &function.params.partition_by)? {
            return Ok(Err(Lost(format!(
                "a window across values of {}",
                spelt(value)
            ))));
        }
    }
    Ok(Ok(value.clone()))
}

/// Whether rows that agree in `given` agree in `value`.
fn is_decided_by(value: &Expr, given: &[Expr]) -> Result<bool> {
    let rest = value.clone().transform_down(|part| {
        if given.contains(&part) {
            // Nothing below it matters any more.
            return Ok(Transformed::new(lit(true), true, TreeNodeRecursion::Jump));
        }
        Ok(Transformed::no(part))
    })?;
    Ok(rest.data.column_refs().is_empty())
}

fn through_unnest(unnest: &Unnest, value: &Expr) -> Result<Followed> {
    let input = unnest.input.schema();
    for column in value.column_refs() {
        let output = unnest.schema.index_of_column(column)?;
        let index = unnest.dependency_indices[output];
        let is_unnested = unnest
            .list_type_columns
            .iter()
            .any(|(list, _)| *list == index)
            || unnest.struct_type_columns.contains(&index);
        if is_unnested {
            return Ok(Err(Lost(format!(
                "the list that `{}` is taken from",
                column.name
            ))));
        }
    }
    let value = substitute(value, |column| {
        let index = unnest.dependency_indices[unnest.schema.index_of_column(column)?];
        Ok(Expr::Column(Column::from(input.qualified_field(index))))
    })?;
    Ok(Ok(value))
}

fn through_join(join: &Join, value: &Expr) -> Result<Vec<Followed>> {
    let ends = |side: Result<Option<Expr>>| -> Result<Followed> {
        Ok(side?.ok_or_else(|| Lost(format!("a join that does not compare {}", spelt(value)))))
    };
    Ok(vec![
        ends(side::left(join, value))?,
        ends(side::right(join, value))?,
    ])
}

/// The columns of a value, for a sentence.
fn spelt(value: &Expr) -> String {
    let mut names: Vec<&str> = value
        .column_refs()
        .into_iter()
        .map(|column| column.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
impl ScanReach {
    /// `table <- expression`, or why there is none.
    pub fn told(&self) -> String {
        match &self.value {
            Ok(value) => format!("{} <- {value}", self.table),
            Err(lost) => format!("{}: {}", self.table, lost.0),
        }
    }
}
