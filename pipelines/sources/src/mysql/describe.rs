//! What the server tells of itself and of the table.

use mysql_async::Error;
use mysql_async::prelude::Queryable as _;

use super::client::Session;
use super::types;
use crate::database::describe::{Description, Told, missing_column, no_table};
use crate::database::dialect::Dialect;
use crate::database::drift::Column;
use crate::database::select;
use crate::database::state::{Id, Server, read_time};
use crate::database::{DatabaseConfig, DatabaseError, Trouble};

const SQL: Dialect = Dialect::Mysql;

/// Finds the columns; the session is in the transaction of the pull.
pub(super) async fn describe(
    session: &mut Session,
    config: &DatabaseConfig,
) -> Result<Description, DatabaseError> {
    let sql = format!(
        "select {} from {} limit 0",
        select::columns(SQL, config),
        select::relation(SQL, config)
    );
    // Preparing it tells the columns, and runs nothing.
    let prepared = match session.connection().prep(sql).await {
        Ok(prepared) => prepared,
        Err(error) => return Err(unknown_name(session, config, &error).await),
    };
    let described = prepared.columns();
    let closed = session.connection().close(prepared).await;
    closed.map_err(|error| session.failed(&error))?;
    let bytes = described.iter().filter(|column| types::is_bytes(column));
    let bytes: Vec<String> = bytes
        .map(|column| format!("`{}` ({})", column.name_str(), types::kind(column)))
        .collect();
    if !bytes.is_empty() {
        return Err(session.trouble(Trouble::Bytes { columns: bytes }));
    }
    let columns = described.iter().map(|column| {
        let kind = types::kind(column);
        let order = types::order(&kind);
        let name = column.name_str().into_owned();
        (Column { name, kind }, order)
    });
    Description::of(columns.collect(), config.since.as_deref())
        .map_err(|trouble| session.trouble(trouble))
}

/// Tells a misspelt table, or column of `columns`, from other mistakes.
async fn unknown_name(
    session: &mut Session,
    config: &DatabaseConfig,
    error: &Error,
) -> DatabaseError {
    let (Some(table), Error::Server(told)) = (&config.table, error) else {
        return session.failed(error);
    };
    let trouble = match told.code {
        1146 => {
            let there = names(
                session,
                "select concat(table_schema, '.', table_name) from information_schema.tables \
                 where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys') \
                 order by 1 limit 5000",
            );
            Some(no_table(table, &there.await))
        }
        1054 => {
            let condition = is_table(config, table);
            let there = format!(
                "select column_name from information_schema.columns where {condition} \
                 order by ordinal_position"
            );
            missing_column(config, &names(session, &there).await)
        }
        _ => None,
    };
    match trouble {
        None => session.failed(error),
        Some(trouble) => session.trouble(trouble),
    }
}

async fn names(session: &mut Session, sql: &str) -> Vec<String> {
    let rows = session.rows(sql).await.unwrap_or_default();
    rows.into_iter().flatten().flatten().collect()
}

/// The condition that a row of `information_schema` is of this table.
fn is_table(config: &DatabaseConfig, table: &str) -> String {
    let (schema, name) = table
        .split_once('.')
        .unwrap_or((config.database.as_str(), table));
    format!(
        "table_schema = {} and table_name = {}",
        SQL.quoted_text(schema.trim()),
        SQL.quoted_text(name.trim())
    )
}

/// What the server tells of itself.
pub(super) async fn tell(
    session: &mut Session,
    config: &DatabaseConfig,
) -> Result<Told, DatabaseError> {
    let now = session.value("select utc_timestamp(6)").await?;
    let now = now.as_deref().and_then(read_time);
    let (made_at, next_number) = match &config.table {
        None => (None, None),
        Some(table) => of_table(session, config, table).await?,
    };
    // MariaDB's name of it, and MySQL's.
    let server = session
        .row("show global variables where variable_name in ('server_uid', 'server_uuid')")
        .await?;
    let server = server.into_iter().nth(1).flatten();
    Ok(Told {
        server: Server {
            identity: Some(format!(
                "{}/{}",
                server.unwrap_or_default(),
                made_at.unwrap_or_default()
            )),
            clock: now.map(|now| now.and_utc()).unwrap_or_default(),
            next_transaction: None,
            sequence: next_number.map(|next| Id(next.0 - 1)),
        },
        open: session.open.clone(),
        now_utc: now,
        now_local: now.map(|now| now + session.ahead),
        version: session.version.clone(),
        snapshot: None,
    })
}

/// When the table was made, and the next number of `id`, where the server gives it.
async fn of_table(
    session: &mut Session,
    config: &DatabaseConfig,
    table: &str,
) -> Result<(Option<String>, Option<Id>), DatabaseError> {
    let condition = is_table(config, table);
    let told = session
        .row(&format!(
            "select create_time, auto_increment from information_schema.tables where {condition}"
        ))
        .await?;
    let mut told = told.into_iter();
    let made_at = told.next().flatten();
    let next = told.next().flatten().and_then(|next| next.parse().ok());
    let id = config
        .since
        .as_deref()
        .and_then(|since| since.id.as_deref());
    let (Some(id), Some(next)) = (id, next) else {
        return Ok((made_at, None));
    };
    let counted = session
        .value(&format!(
            "select column_name from information_schema.columns \
             where {condition} and extra like '%auto_increment%'"
        ))
        .await?;
    let is_counted = counted.as_deref() == Some(id);
    Ok((made_at, is_counted.then_some(next)))
}
