//! A job's select: read once, checked, and rewritten so that every row keeps its place.
//!
//! Begin with [`Select::parse`]. The query is the user's own SQL over the table `decoded`; what is
//! added is only the pair of columns [`ORIGIN`] and [`ROW`], by which a row of the result is found in
//! its file again ([`places`] says how). A query that cannot keep the place, because it groups,
//! removes doubles or cuts off, is refused: its rows could not be explained. Totals belong in models.
//!
//! Planning against a file's real columns happens for each file, in [`crate::intake`].

mod aggregate;
mod output;
mod places;

use contracts::text::nearest;
use datafusion::sql::sqlparser::ast::{Query, Statement};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

pub(crate) use output::Output;
pub(crate) use places::{DECODED, ORIGIN, ROW};

/// A query over `decoded` that gives named columns and carries the place of each row.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    /// The query with the place columns added.
    pub query: Box<Query>,
    /// The columns it gives, in order; `None` when it ends in a wildcard.
    pub outputs: Option<Vec<Output>>,
}

/// What is wrong with a select, and on which of its lines (1-based; 0 when it has none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectFault {
    pub line: u64,
    pub what: SelectFaultKind,
}

/// The ways a select can be wrong before a file is seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SelectFaultKind {
    #[error("the select is not SQL: {message}")]
    Syntax { message: String },
    #[error("the select is {found}, where one query is expected")]
    NotOneQuery { found: &'static str },
    #[error("the select reads `{name}`, which is neither `decoded` nor one of its own steps")]
    UnknownRelation {
        name: String,
        nearest: Option<String>,
    },
    #[error("the select uses {what}, which is not supported here")]
    Unsupported { what: &'static str },
    #[error("the select loses the place of its rows by {how}")]
    PlaceLost { how: &'static str },
    #[error("the select never reads `decoded`")]
    NeverReadsDecoded,
    #[error("the select joins several readings of `decoded` and takes all columns by `*`")]
    WildcardOverJoin,
    #[error("the select takes all columns by `*` inside a union")]
    WildcardInUnion,
    #[error("output column {position}, `{expression}`, has no name")]
    UnnamedOutput { position: usize, expression: String },
    #[error("output column `{name}` begins with `_`, as only place columns do")]
    ReservedOutput { name: String },
    #[error("output column `{name}` is given twice")]
    DoubledOutput { name: String },
}

impl SelectFaultKind {
    /// How to mend it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Syntax { .. } => {
                "mend the SQL; column names that are not plain lower-case words \
                stand in double quotes"
                    .into()
            }
            Self::NotOneQuery { .. } => "write one `select … from decoded`".into(),
            Self::UnknownRelation { nearest, .. } => match nearest {
                Some(nearest) => format!("write `{nearest}`"),
                None => "read from `decoded`; tables of the lake are joined in models, not in jobs"
                    .into(),
            },
            Self::Unsupported { .. } => "write it with plain selects, joins and `union all`".into(),
            Self::PlaceLost { .. } => "keep one row for each row of the file here, and group, \
                deduplicate or rank in a model; a grouped step may be joined to `decoded`"
                .into(),
            Self::NeverReadsDecoded => "read the file's rows by `from decoded`".into(),
            Self::WildcardOverJoin | Self::WildcardInUnion => "write out the columns".into(),
            Self::UnnamedOutput { .. } => "add `as column_name`".into(),
            Self::ReservedOutput { .. } => "choose a name without the leading `_`".into(),
            Self::DoubledOutput { .. } => "remove one of them".into(),
        }
    }
}

impl Select {
    /// Reads, checks and rewrites `sql`.
    ///
    /// # Errors
    /// The first thing wrong with the query's shape, or every faulty output column.
    pub(crate) fn parse(sql: &str) -> Result<Select, Vec<SelectFault>> {
        let mut query = parse_query(sql).map_err(|fault| vec![fault])?;
        let outputs = output::outputs(&query)?;
        places::carry(&mut query).map_err(|fault| vec![fault])?;
        Ok(Select { query, outputs })
    }

    /// The columns of `decoded` that an output column is made of; `None` when the query has steps or
    /// joins through which it would have to be followed.
    pub(crate) fn columns_behind(&self, output: &str) -> Option<Vec<String>> {
        output::columns_behind(&self.query, output)
    }

    /// The select of a job that has none: the columns that bear the contract's names.
    pub(crate) fn of_columns(columns: &[&str]) -> Result<Select, Vec<SelectFault>> {
        let list: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{column}\""))
            .collect();
        Select::parse(&format!("select {} from {DECODED}", list.join(", ")))
    }
}

fn parse_query(sql: &str) -> Result<Box<Query>, SelectFault> {
    let statements = Parser::parse_sql(&GenericDialect {}, sql).map_err(syntax_fault)?;
    let mut statements = statements.into_iter();
    let not_one_query = |found| SelectFault {
        line: 0,
        what: SelectFaultKind::NotOneQuery { found },
    };
    match (statements.next(), statements.next()) {
        (Some(Statement::Query(query)), None) => Ok(query),
        (None, _) => Err(not_one_query("empty")),
        (Some(_), None) => Err(not_one_query("a statement that changes something")),
        (Some(_), Some(_)) => Err(not_one_query("several statements")),
    }
}

/// The parser puts the place at the end of its message: `… found: fro at Line: 2, Column: 5`.
fn syntax_fault(error: ParserError) -> SelectFault {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => "it is nested too deeply".into(),
    };
    let (message, line) = match message.rsplit_once(" at Line: ") {
        Some((what, place)) => {
            let line = place
                .split(',')
                .next()
                .and_then(|line| line.trim().parse().ok());
            (what.to_owned(), line.unwrap_or(0))
        }
        None => (message, 0),
    };
    SelectFault {
        line,
        what: SelectFaultKind::Syntax { message },
    }
}

/// The nearest of `choices` to `word`, owned.
fn nearest_owned<'a>(word: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, choices).map(str::to_owned)
}

#[cfg(test)]
mod tests;
