//! How a row keeps its place on the way through a query.
//!
//! The table `decoded` has two hidden columns: [`ORIGIN`], a number that stands for the file and the
//! sheet (and the cell, after `unpivot`), and [`ROW`], the row of the file. Every select that reads
//! `decoded`, or a step that carries the place already, gets both added at the end of its list, taken
//! from the relation that decides its rows: the first one that an outer join cannot leave empty. So
//!
//! ```sql
//! with filled as (select "Meter", "Value" from decoded) select "Meter" as meter_id from filled
//! ```
//! becomes
//! ```sql
//! with filled as (select "Meter", "Value", decoded._origin, decoded._row from decoded)
//! select "Meter" as meter_id, filled._origin, filled._row from filled
//! ```
//!
//! A step that groups, removes doubles or cuts off may exist (as something to join or to look up),
//! but it carries no place, and the query as a whole has to.

use std::collections::HashMap;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator, LimitClause, ObjectName, Query, Select,
    SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, TableAlias,
    TableAliasColumnDef, TableFactor, TableWithJoins,
};

use super::aggregate::has_aggregate;
use super::output::engine_name;
use super::{SelectFault, SelectFaultKind, nearest_owned};

/// The table a select reads: one file's rows.
pub(crate) const DECODED: &str = "decoded";
/// The hidden column that stands for file, sheet and cell: an index into [`crate::place::Origins`].
pub(crate) const ORIGIN: &str = "_origin";
/// The hidden column with the 1-based row of the file.
pub(crate) const ROW: &str = "_row";

/// Whether a relation carries the place of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    Placed,
    /// It reads `decoded` but lost the place, in this way.
    Lost(&'static str),
    /// It has nothing to do with the file.
    Foreign,
}

type Scope = HashMap<String, Carry>;

/// Adds the place columns throughout `query`.
///
/// # Errors
/// When the query as a whole does not carry the place, or uses what cannot be followed.
pub(super) fn carry(query: &mut Query) -> Result<(), SelectFault> {
    let scope = Scope::from([(DECODED.to_owned(), Carry::Placed)]);
    match carry_query(query, &scope, Position::Alone)? {
        Carry::Placed => Ok(()),
        Carry::Lost(how) => Err(fault(0, SelectFaultKind::PlaceLost { how })),
        Carry::Foreign => Err(fault(0, SelectFaultKind::NeverReadsDecoded)),
    }
}

/// Whether a select stands alone or as one side of a union, whose columns match by position.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Alone,
    InUnion,
}

fn carry_query(query: &mut Query, outer: &Scope, position: Position) -> Result<Carry, SelectFault> {
    let mut scope = outer.clone();
    if let Some(with) = &mut query.with {
        if with.recursive {
            return Err(unsupported("`with recursive`"));
        }
        for cte in &mut with.cte_tables {
            let carried = carry_query(&mut cte.query, &scope, Position::Alone)?;
            name_place_columns(carried, &mut cte.alias);
            scope.insert(engine_name(&cte.alias.name), carried);
        }
    }
    let cut_off = if query.fetch.is_some() {
        Some("`fetch`")
    } else {
        query.limit_clause.as_ref().map(|clause| match clause {
            LimitClause::LimitOffset { limit: None, .. } => "`offset`",
            _ => "`limit`",
        })
    };
    carry_body(&mut query.body, &scope, position, cut_off)
}

/// `lost` is how the query around this body loses the place whatever the body does.
fn carry_body(
    body: &mut SetExpr,
    scope: &Scope,
    position: Position,
    lost: Option<&'static str>,
) -> Result<Carry, SelectFault> {
    match body {
        SetExpr::Select(select) => carry_select(select, scope, position, lost),
        SetExpr::Query(query) => match (carry_query(query, scope, position)?, lost) {
            (Carry::Placed, Some(how)) => Ok(Carry::Lost(how)),
            (carried, _) => Ok(carried),
        },
        SetExpr::SetOperation {
            left,
            op,
            set_quantifier,
            right,
        } => {
            let keeps_all = *op == SetOperator::Union && *set_quantifier == SetQuantifier::All;
            let lost = lost.or((!keeps_all).then_some("a set operation other than `union all`"));
            let left = carry_body(left, scope, Position::InUnion, lost)?;
            let right = carry_body(right, scope, Position::InUnion, lost)?;
            match (left, right) {
                (Carry::Placed, Carry::Placed) => Ok(Carry::Placed),
                (Carry::Lost(how), _) | (_, Carry::Lost(how)) => Ok(Carry::Lost(how)),
                (Carry::Foreign, Carry::Foreign) => Ok(Carry::Foreign),
                // The sides would differ by two columns.
                _ => Err(unsupported(
                    "a union of rows of the file with rows from elsewhere",
                )),
            }
        }
        SetExpr::Values(_) => Ok(Carry::Foreign),
        _ => Err(unsupported("a statement that changes something")),
    }
}

fn carry_select(
    select: &mut Select,
    scope: &Scope,
    position: Position,
    lost: Option<&'static str>,
) -> Result<Carry, SelectFault> {
    let mut sources = Vec::new();
    for from in &mut select.from {
        collect_sources(from, scope, &mut sources)?;
    }
    let placed: Vec<&Source> = sources
        .iter()
        .filter(|source| source.carry == Carry::Placed)
        .collect();
    if placed.is_empty() {
        let lost_before = sources
            .iter()
            .find(|source| matches!(source.carry, Carry::Lost(_)));
        return Ok(lost_before.map_or(Carry::Foreign, |source| source.carry));
    }
    if let Some(how) = lost.or_else(|| own_loss(select)) {
        return Ok(Carry::Lost(how));
    }
    let Some(leading) = placed.iter().find(|source| !source.may_be_empty) else {
        return Ok(Carry::Lost("an outer join that may leave `decoded` empty"));
    };
    let taken_whole = |source: &Source| takes_all_of(&select.projection, &source.name);
    if placed
        .iter()
        .any(|source| !std::ptr::eq(*source, *leading) && taken_whole(source))
    {
        return Err(fault(0, SelectFaultKind::WildcardOverJoin));
    }
    match (taken_whole(leading), position) {
        (true, Position::InUnion) => return Err(fault(0, SelectFaultKind::WildcardInUnion)),
        // The place columns are the last of `decoded`, and a wildcard brings them along.
        (true, Position::Alone) => {}
        (false, _) => {
            let column = |name| {
                let path = vec![leading.name.clone(), Ident::new(name)];
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(path))
            };
            select.projection.extend([ORIGIN, ROW].map(column));
        }
    }
    Ok(Carry::Placed)
}

/// How the select itself makes fewer rows in a way that leaves none to point at.
fn own_loss(select: &Select) -> Option<&'static str> {
    if select.distinct.is_some() {
        return Some("`distinct`");
    }
    let groups = match &select.group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(expressions, _) => !expressions.is_empty(),
    };
    if groups || select.having.is_some() {
        return Some("`group by`");
    }
    if select.top.is_some() {
        return Some("`top`");
    }
    has_aggregate(&select.projection).then_some("an aggregate")
}

/// A relation in a `from` clause.
struct Source {
    name: Ident,
    carry: Carry,
    /// Whether an outer join may give rows in which this relation is all null.
    may_be_empty: bool,
}

fn collect_sources(
    from: &mut TableWithJoins,
    scope: &Scope,
    sources: &mut Vec<Source>,
) -> Result<(), SelectFault> {
    let begin = sources.len();
    sources.extend(source_of(&mut from.relation, scope)?);
    for join in &mut from.joins {
        let (empties_left, empties_right) = match &join.join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => {
                refuse_natural(on)?;
                (false, false)
            }
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => {
                refuse_natural(on)?;
                (false, true)
            }
            JoinOperator::Right(on) | JoinOperator::RightOuter(on) => {
                refuse_natural(on)?;
                (true, false)
            }
            JoinOperator::FullOuter(on) => {
                refuse_natural(on)?;
                (true, true)
            }
            JoinOperator::LeftSemi(on) | JoinOperator::LeftAnti(on) => {
                refuse_natural(on)?;
                // Only the left side's columns come out; the right one is rewritten, not counted.
                source_of(&mut join.relation, scope)?;
                continue;
            }
            _ => return Err(unsupported("a join of this kind")),
        };
        if empties_left {
            sources[begin..]
                .iter_mut()
                .for_each(|source| source.may_be_empty = true);
        }
        if let Some(mut joined) = source_of(&mut join.relation, scope)? {
            joined.may_be_empty = empties_right;
            sources.push(joined);
        }
    }
    Ok(())
}

/// A natural join would match on the place columns too.
fn refuse_natural(constraint: &JoinConstraint) -> Result<(), SelectFault> {
    match constraint {
        JoinConstraint::Natural => Err(unsupported("`natural join`")),
        _ => Ok(()),
    }
}

fn source_of(factor: &mut TableFactor, scope: &Scope) -> Result<Option<Source>, SelectFault> {
    match factor {
        // A table function such as `unnest(…)`: it has no place of its own and needs none.
        TableFactor::Table { args: Some(_), .. } | TableFactor::UNNEST { .. } => Ok(None),
        TableFactor::Table { name, alias, .. } => {
            let (ident, carry) = relation(name, scope)?;
            if let Some(alias) = alias {
                name_place_columns(carry, alias);
            }
            Ok(Some(Source {
                name: alias.as_ref().map_or(ident, |alias| alias.name.clone()),
                carry,
                may_be_empty: false,
            }))
        }
        TableFactor::Derived {
            subquery, alias, ..
        } => {
            let carry = carry_query(subquery, scope, Position::Alone)?;
            let Some(alias) = alias else {
                return Err(unsupported("a subquery without a name in `from`"));
            };
            name_place_columns(carry, alias);
            Ok(Some(Source {
                name: alias.name.clone(),
                carry,
                may_be_empty: false,
            }))
        }
        _ => Err(unsupported("a relation of this kind in `from`")),
    }
}

fn relation(name: &ObjectName, scope: &Scope) -> Result<(Ident, Carry), SelectFault> {
    let unknown = |line| {
        let name = name.to_string();
        let nearest = nearest_owned(&name, scope.keys().map(String::as_str));
        fault(line, SelectFaultKind::UnknownRelation { name, nearest })
    };
    let [part] = name.0.as_slice() else {
        return Err(unknown(0));
    };
    let ident = part.as_ident().ok_or_else(|| unknown(0))?;
    match scope.get(&engine_name(ident)) {
        Some(carry) => Ok((ident.clone(), *carry)),
        None => Err(unknown(ident.span.start.line)),
    }
}

/// `with step(a, b) as (…)` names the columns by position, so the added ones need names there too.
fn name_place_columns(carry: Carry, alias: &mut TableAlias) {
    if carry == Carry::Placed && !alias.columns.is_empty() {
        alias
            .columns
            .extend([ORIGIN, ROW].map(TableAliasColumnDef::from_name));
    }
}

/// Whether a wildcard among `items` stands for all columns of the relation called `name`.
fn takes_all_of(items: &[SelectItem], name: &Ident) -> bool {
    items.iter().any(|item| match item {
        SelectItem::Wildcard(_) => true,
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(path), _) => path
            .0
            .last()
            .and_then(|part| part.as_ident())
            .is_some_and(|ident| engine_name(ident) == engine_name(name)),
        _ => false,
    })
}

fn unsupported(what: &'static str) -> SelectFault {
    fault(0, SelectFaultKind::Unsupported { what })
}

fn fault(line: u64, what: SelectFaultKind) -> SelectFault {
    SelectFault { line, what }
}
