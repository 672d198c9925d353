//! One SQL file: its header, its one select, and the habits every file keeps.
//!
//! The habits (lower case, steps as CTEs, joins written out, grouping by name, no `*` at the end)
//! are checked here on the token stream and the syntax tree; what names mean is checked in
//! [`crate::planner`].

use std::ops::ControlFlow;

use contracts::Place;
use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Spanned, Statement, TableFactor, Value,
    Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use crate::error::ModelError;
use crate::header::Header;
use crate::place;
use crate::references::folded;

/// A SQL file that parses and holds one select.
#[derive(Debug, Clone)]
pub(crate) struct SqlFile {
    pub path: String,
    pub text: String,
    pub header: Header,
    pub query: Box<Query>,
}

impl SqlFile {
    /// Parses `text`; reports every habit it breaks. `None` when there is no select to go on with.
    pub fn parse(path: &str, text: &str, faults: &mut Vec<ModelError>) -> Option<Self> {
        let header = Header::parse(path, text, faults);
        let dialect = GenericDialect {};
        let tokens = match Tokenizer::new(&dialect, text).tokenize_with_location() {
            Ok(tokens) => tokens,
            Err(error) => {
                faults.push(ModelError::Syntax {
                    at: place::of_token(path, error.location),
                    message: error.message,
                });
                return None;
            }
        };
        check_lower_case(path, &tokens, faults);
        let statements = match Parser::new(&dialect)
            .with_tokens_with_locations(tokens)
            .parse_statements()
        {
            Ok(statements) => statements,
            Err(error) => {
                faults.push(syntax_fault(path, &error));
                return None;
            }
        };
        let count = statements.len();
        let query = match statements.into_iter().next() {
            Some(Statement::Query(query)) if count == 1 => query,
            Some(other) if count == 1 => {
                faults.push(ModelError::NotOneSelect {
                    at: place::of_token(path, other.span().start),
                    found: "a statement that is not a select".to_owned(),
                });
                return None;
            }
            _ => {
                faults.push(ModelError::NotOneSelect {
                    at: place::start_of(path),
                    found: format!("{count} statements"),
                });
                return None;
            }
        };
        check_last_select(path, &query, faults);
        let mut habits = Habits { path, faults };
        let _ = query.visit(&mut habits);
        Some(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            header,
            query,
        })
    }

    /// The names of the CTEs of the outermost `with`, in order, with their places.
    pub fn ctes(&self) -> impl Iterator<Item = (String, Place, &Query)> {
        self.query
            .with
            .iter()
            .flat_map(|with| &with.cte_tables)
            .map(|cte| {
                let name = &cte.alias.name;
                let at = place::of_token(&self.path, name.span.start);
                (folded(name), at, cte.query.as_ref())
            })
    }

    /// Whether the outermost `with` is recursive.
    pub fn is_recursive(&self) -> bool {
        self.query.with.as_ref().is_some_and(|with| with.recursive)
    }

    /// Where the last select, the one the model is, begins.
    pub fn last_select_at(&self) -> Place {
        place::of_token(&self.path, self.query.body.span().start)
    }

    /// Where the last select gives the output column `name`; the select's start when it cannot be told.
    pub fn output_at(&self, name: &str) -> Place {
        first_select(&self.query.body)
            .and_then(|select| {
                select
                    .projection
                    .iter()
                    .find(|item| output_name(item).as_deref() == Some(name))
            })
            .map_or_else(
                || self.last_select_at(),
                |item| place::of_token(&self.path, item.span().start),
            )
    }

    /// The statement as text in one spelling: comments and layout do not change it.
    pub fn normal_text(&self) -> String {
        self.query.to_string()
    }

    /// `select * from <step>` over the CTEs of this file.
    pub fn step_text(&self, step: &str) -> Option<String> {
        let (name, ..) = self.ctes().find(|(name, ..)| name == step)?;
        let with = self.query.with.as_ref()?;
        Some(format!("{with} select * from \"{name}\""))
    }
}

/// The first select of a body: of `a union all b`, which names the columns, that is `a`.
fn first_select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

fn output_name(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(folded(alias)),
        SelectItem::UnnamedExpr(Expr::Identifier(ident)) => Some(folded(ident)),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => parts.last().map(folded),
        _ => None,
    }
}

/// sqlparser puts the place at the end of its sentence: `… at Line: 3, Column: 5`.
fn syntax_fault(path: &str, error: &ParserError) -> ModelError {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => "the statement is nested too deeply",
    };
    let (message, at) = match text.rsplit_once(" at Line: ") {
        Some((message, position)) => {
            let line = position
                .split(',')
                .next()
                .and_then(|line| line.trim().parse().ok());
            (message, place::at_line(path, line.unwrap_or(1)))
        }
        None => (text, place::start_of(path)),
    };
    ModelError::Syntax {
        at,
        message: message.to_owned(),
    }
}

fn check_lower_case(path: &str, tokens: &[TokenWithSpan], faults: &mut Vec<ModelError>) {
    let mut last_line = 0;
    for token in tokens {
        let Token::Word(word) = &token.token else {
            continue;
        };
        let line = token.span.start.line;
        let is_shouted = word.quote_style.is_none() && word.value.chars().any(char::is_uppercase);
        // One fault a line is enough to find it.
        if is_shouted && line != last_line {
            last_line = line;
            faults.push(ModelError::UpperCase {
                at: place::of_token(path, token.span.start),
                word: word.value.clone(),
            });
        }
    }
}

fn check_last_select(path: &str, query: &Query, faults: &mut Vec<ModelError>) {
    let mut bodies = vec![query.body.as_ref()];
    while let Some(body) = bodies.pop() {
        match body {
            SetExpr::Select(select) => {
                for item in &select.projection {
                    if matches!(
                        item,
                        SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
                    ) {
                        faults.push(ModelError::SelectStar {
                            at: place::of_token(path, item.span().start),
                        });
                    }
                }
            }
            SetExpr::Query(query) => bodies.push(&query.body),
            SetExpr::SetOperation { left, right, .. } => {
                bodies.push(right);
                bodies.push(left);
            }
            _ => {}
        }
    }
}

struct Habits<'a> {
    path: &'a str,
    faults: &'a mut Vec<ModelError>,
}

impl Visitor for Habits<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            if !cte.alias.columns.is_empty() {
                self.faults.push(ModelError::CteColumnList {
                    at: place::of_token(self.path, cte.alias.name.span.start),
                    cte: folded(&cte.alias.name),
                });
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Derived { subquery, .. } = factor {
            self.faults.push(ModelError::DerivedTable {
                at: place::of_token(self.path, subquery.span().start),
            });
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        if let Some(second) = select.from.get(1) {
            self.faults.push(ModelError::CommaJoin {
                at: place::of_token(self.path, second.span().start),
            });
        }
        if let GroupByExpr::Expressions(expressions, _) = &select.group_by {
            for expression in expressions {
                if let Expr::Value(value) = expression
                    && matches!(value.value, Value::Number(..))
                {
                    self.faults.push(ModelError::GroupByPosition {
                        at: place::of_token(self.path, value.span.start),
                        position: value.value.to_string(),
                    });
                }
            }
        }
        ControlFlow::Continue(())
    }
}
