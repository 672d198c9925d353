//! What the server tells of itself and of the table.

use chrono::DateTime;

use super::client::Session;
use crate::database::describe::{Description, Order, TimeType, Told, missing_column, no_table};
use crate::database::dialect::Dialect;
use crate::database::drift::Column;
use crate::database::select;
use crate::database::state::{Server, read_time};
use crate::database::{DatabaseConfig, DatabaseError};

const SQL: Dialect = Dialect::Postgres;

/// Finds the columns; the session is in the transaction of the pull.
pub(super) async fn describe(
    session: &Session,
    config: &DatabaseConfig,
) -> Result<Description, DatabaseError> {
    if let Some(table) = &config.table {
        require_table(session, table).await?;
    }
    let sql = format!(
        "select {} from {} limit 0",
        select::columns(SQL, config),
        select::relation(SQL, config)
    );
    let prepared = session.client().prepare(&sql).await;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Err(unknown_column(session, config, &error).await),
    };
    let columns: Vec<String> = prepared
        .columns()
        .iter()
        .map(|column| column.name().to_owned())
        .collect();
    let formats: Vec<String> = prepared
        .columns()
        .iter()
        .map(|column| {
            format!(
                "pg_catalog.format_type({}, {})",
                column.type_().oid(),
                column.type_modifier()
            )
        })
        .collect();
    let types = match formats.is_empty() {
        true => Vec::new(),
        false => {
            session
                .row(&format!("select {}", formats.join(", ")))
                .await?
        }
    };
    let types = types.into_iter().map(Option::unwrap_or_default);
    let columns = columns.into_iter().zip(types);
    let columns = columns.map(|(name, kind)| {
        let order = order(&kind);
        (Column { name, kind }, order)
    });
    Description::of(columns.collect(), config.since.as_deref())
        .map_err(|trouble| session.trouble(trouble))
}

/// What `since` can make of a column of this type.
fn order(kind: &str) -> Order {
    let bare = kind.split('(').next().unwrap_or_default().trim();
    // `timestamp(3) with time zone` has its precision in the middle.
    match bare {
        "timestamp" | "timestamp with time zone" if kind.ends_with("with time zone") => {
            Order::Time(TimeType::WithZone)
        }
        "timestamp" | "timestamp without time zone" => Order::Time(TimeType::WithoutZone),
        "date" => Order::Time(TimeType::Day),
        "smallint" | "integer" | "bigint" | "numeric" => Order::Number,
        _ => Order::None,
    }
}

/// Refuses a table that is not there.
async fn require_table(session: &Session, table: &str) -> Result<(), DatabaseError> {
    let quoted = SQL.quoted_table(table);
    let sql = format!(
        "select pg_catalog.to_regclass({})",
        SQL.quoted_text(&quoted)
    );
    if session.value(&sql).await?.is_some() {
        return Ok(());
    }
    let names = session
        .rows(
            "select table_schema || '.' || table_name from information_schema.tables \
             where table_schema not in ('pg_catalog', 'information_schema') order by 1 limit 5000",
        )
        .await?;
    let names: Vec<String> = names.into_iter().flatten().flatten().collect();
    Err(session.trouble(no_table(table, &names)))
}

/// Tells a misspelt column of `columns` from other mistakes.
async fn unknown_column(
    session: &Session,
    config: &DatabaseConfig,
    error: &tokio_postgres::Error,
) -> DatabaseError {
    let is_of_column = error
        .as_db_error()
        .is_some_and(|told| told.code().code() == "42703");
    let Some(table) = config.table.as_ref().filter(|_| is_of_column) else {
        return session.failed(error);
    };
    // The failed statement has ended the transaction.
    let there = async {
        session.run("rollback").await?;
        let sql = format!(
            "select attname from pg_catalog.pg_attribute where attnum > 0 and not attisdropped \
             and attrelid = pg_catalog.to_regclass({})",
            SQL.quoted_text(&SQL.quoted_table(table))
        );
        session.rows(&sql).await
    };
    let Ok(there) = there.await else {
        return session.failed(error);
    };
    let there: Vec<String> = there.into_iter().flatten().flatten().collect();
    match missing_column(config, &there) {
        None => session.failed(error),
        Some(trouble) => session.trouble(trouble),
    }
}

/// What the server tells of itself; the session is in the transaction of the pull.
pub(super) async fn tell(
    session: &Session,
    config: &DatabaseConfig,
) -> Result<Told, DatabaseError> {
    let zone = SQL.quoted_text(&session.zone);
    let told = session
        .row(&format!(
            "select (extract(epoch from now()) * 1000000)::bigint, txid_current_snapshot(), \
             current_setting('server_version'), now() at time zone 'UTC', now() at time zone {zone}"
        ))
        .await?;
    let text = |index: usize| told.get(index).cloned().flatten().unwrap_or_default();
    let clock = text(0)
        .parse()
        .ok()
        .and_then(DateTime::from_timestamp_micros);
    let snapshot = text(1);
    let (next_transaction, open) = read_snapshot(&snapshot);
    Ok(Told {
        server: Server {
            identity: identity(session, config).await?,
            clock: clock.unwrap_or(DateTime::UNIX_EPOCH),
            next_transaction,
            sequence: sequence(session, config)
                .await?
                .and_then(|last| last.parse().ok()),
        },
        open,
        now_utc: read_time(&text(3)),
        now_local: read_time(&text(4)),
        version: text(2),
        snapshot: Some(snapshot),
    })
}

/// `xmin:xmax:open,open` as `txid_current_snapshot` writes it: the next number, and those open.
fn read_snapshot(text: &str) -> (Option<u64>, Vec<u64>) {
    let mut parts = text.split(':').skip(1);
    let next = parts.next().and_then(|number| number.parse().ok());
    let open = parts.next().unwrap_or_default().split(',');
    (
        next,
        open.filter_map(|number| number.parse().ok()).collect(),
    )
}

/// What names the server and the table: the cluster, its timeline (another one after a restore to a point
/// in time, or after a standby took over), the database and the table.
async fn identity(
    session: &Session,
    config: &DatabaseConfig,
) -> Result<Option<String>, DatabaseError> {
    let table = match &config.table {
        None => "null".to_owned(),
        Some(table) => format!(
            "pg_catalog.to_regclass({})::oid",
            SQL.quoted_text(&SQL.quoted_table(table))
        ),
    };
    let sql = format!(
        "select (select oid from pg_catalog.pg_database where datname = current_database()), {table}, \
         has_function_privilege('pg_catalog.pg_control_system()', 'execute') \
         and has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute')"
    );
    let told = session.row(&sql).await?;
    let text = |index: usize| told.get(index).cloned().flatten().unwrap_or_default();
    let cluster = match text(2) == "t" {
        false => String::new(),
        true => session
            .value(
                "select system_identifier || '.' || timeline_id \
                 from pg_catalog.pg_control_system(), pg_catalog.pg_control_checkpoint()",
            )
            .await?
            .unwrap_or_default(),
    };
    Ok(Some(format!("{cluster}/{}/{}", text(0), text(1))))
}

/// The last number the sequence of `id` gave, where there is one and it may be read.
async fn sequence(
    session: &Session,
    config: &DatabaseConfig,
) -> Result<Option<String>, DatabaseError> {
    let (Some(table), Some(id)) = (
        &config.table,
        config.since.as_deref().and_then(|since| since.id.as_ref()),
    ) else {
        return Ok(None);
    };
    let sequence = session
        .value(&format!(
            "select pg_catalog.pg_get_serial_sequence({}, {})",
            SQL.quoted_text(&SQL.quoted_table(table)),
            SQL.quoted_text(id)
        ))
        .await?;
    let Some(sequence) = sequence else {
        return Ok(None);
    };
    let quoted = SQL.quoted_text(&sequence);
    let allowed = session
        .value(&format!(
            "select has_sequence_privilege({quoted}, 'select')"
        ))
        .await?;
    if allowed.as_deref() != Some("t") {
        return Ok(None);
    }
    session
        .value(&format!(
            "select pg_catalog.pg_sequence_last_value({quoted}::regclass)"
        ))
        .await
}
