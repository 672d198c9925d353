//! A value above a join as a value of its left or right rows.

use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, DataFusionError, JoinType};
use datafusion::logical_expr::logical_plan::Join;
use datafusion::logical_expr::{Case, Expr};

type Result<T, E = DataFusionError> = std::result::Result<T, E>;

/// `value` over the columns of the left input; `None` when the join does not compare it.
pub(super) fn left(join: &Join, value: &Expr) -> Result<Option<Expr>> {
    let pairs: Vec<Pair> = join
        .on
        .iter()
        .map(|(left, right)| Pair {
            here: left,
            there: right,
        })
        .collect();
    Side {
        join,
        here: join.left.schema(),
        there: join.right.schema(),
        pairs,
        is_left: true,
    }
    .value(value)
}

/// `value` over the columns of the right input; `None` when the join does not compare it.
pub(super) fn right(join: &Join, value: &Expr) -> Result<Option<Expr>> {
    let pairs: Vec<Pair> = join
        .on
        .iter()
        .map(|(left, right)| Pair {
            here: right,
            there: left,
        })
        .collect();
    Side {
        join,
        here: join.right.schema(),
        there: join.left.schema(),
        pairs,
        is_left: false,
    }
    .value(value)
}

/// Two expressions that are equal in every matched pair of rows.
struct Pair<'a> {
    here: &'a Expr,
    there: &'a Expr,
}

/// One input of a join and the other.
struct Side<'a> {
    join: &'a Join,
    here: &'a DFSchema,
    there: &'a DFSchema,
    pairs: Vec<Pair<'a>>,
    is_left: bool,
}

impl Side<'_> {
    fn value(&self, value: &Expr) -> Result<Option<Expr>> {
        // `not in` looks at all keys of the other side at once.
        if self.join.null_aware && !self.is_left {
            return Ok(None);
        }
        let (value, bare) = self.merge_keys(value)?;
        if self.may_be_null(&bare) {
            return Ok(None);
        }
        let value = self.through_keys(&value)?;
        let here = |column: &&Column| self.here.has_column(column);
        Ok(value.column_refs().iter().all(here).then_some(value))
    }

    /// Puts this side's key in the place of `coalesce(left.key, right.key)`, which is the key of
    /// whichever side has the row; gives also the columns that stand elsewhere in the value.
    fn merge_keys(&self, value: &Expr) -> Result<(Expr, Vec<Column>)> {
        let mut bare = Vec::new();
        let merged = value.clone().transform_down(|part| {
            if let Some((first, second)) = coalesced(&part) {
                let pair = self.pairs.iter().find(|pair| {
                    (pair.here == first && pair.there == second)
                        || (pair.here == second && pair.there == first)
                });
                if let Some(pair) = pair {
                    let key = pair.here.clone();
                    return Ok(Transformed::new(key, true, TreeNodeRecursion::Jump));
                }
            }
            if let Expr::Column(column) = &part {
                bare.push(column.clone());
            }
            Ok(Transformed::no(part))
        })?;
        Ok((merged.data, bare))
    }

    /// Whether one of the columns is null where its side has no matching row: then a row that comes
    /// or goes on one side moves rows of the other between partitions.
    fn may_be_null(&self, columns: &[Column]) -> bool {
        let (left, right) = if self.is_left {
            (self.here, self.there)
        } else {
            (self.there, self.here)
        };
        let reads = |schema: &DFSchema| columns.iter().any(|column| schema.has_column(column));
        match self.join.join_type {
            JoinType::Inner => false,
            JoinType::Full => !columns.is_empty(),
            JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => {
                reads(right)
            }
            JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => {
                reads(left)
            }
        }
    }

    /// Puts this side's keys in the place of those of the other side that equal them.
    fn through_keys(&self, value: &Expr) -> Result<Expr> {
        let replaced = value.clone().transform_down(|part| {
            match self.pairs.iter().find(|pair| *pair.there == part) {
                Some(pair) => {
                    let key = pair.here.clone();
                    Ok(Transformed::new(key, true, TreeNodeRecursion::Jump))
                }
                None => Ok(Transformed::no(part)),
            }
        })?;
        Ok(replaced.data)
    }
}

/// The two expressions of `coalesce(a, b)`, also as the optimiser writes it:
/// `case when a is not null then a else b end`.
fn coalesced(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match expr {
        Expr::ScalarFunction(function) if function.name() == "coalesce" => {
            match function.args.as_slice() {
                [first, second] => Some((first, second)),
                _ => None,
            }
        }
        Expr::Case(Case {
            expr: None,
            when_then_expr,
            else_expr: Some(second),
        }) => {
            let [(when, then)] = when_then_expr.as_slice() else {
                return None;
            };
            match when.as_ref() {
                Expr::IsNotNull(first) if first == then => Some((first, second)),
                _ => None,
            }
        }
        _ => None,
    }
}
