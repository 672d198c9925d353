//! What the server tells of itself and of the table.

use chrono::{DateTime, NaiveDateTime, Utc};
use contracts::text::nearest;

use super::client::Session;
use crate::database::drift::Column;
use crate::database::select;
use crate::database::state::{Found, Point, Server, read_time};
use crate::database::{Changes, DatabaseConfig, DatabaseError, Trouble};

/// How a column of changes is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeType {
    /// A moment.
    WithZone,
    /// What a clock shows.
    WithoutZone,
    /// A day.
    Day,
}

/// The rows a pull gives.
#[derive(Debug)]
pub(super) struct Description {
    /// The columns, in order.
    pub(super) columns: Vec<Column>,
    /// Where `time` is, and how it is compared.
    pub(super) time: Option<(usize, TimeType)>,
    /// Where `id` is.
    pub(super) id: Option<usize>,
}

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
        select::columns(config),
        select::relation(config)
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
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].contains(column) {
            return Err(session.trouble(Trouble::ColumnTwice {
                column: column.clone(),
            }));
        }
    }
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
    let mut description = Description {
        columns: columns
            .into_iter()
            .zip(types)
            .map(|(name, kind)| Column { name, kind })
            .collect(),
        time: None,
        id: None,
    };
    if let Some(since) = config.since.as_deref() {
        description.find_order(session, since)?;
    }
    Ok(description)
}

/// Refuses a table that is not there.
async fn require_table(session: &Session, table: &str) -> Result<(), DatabaseError> {
    let quoted = select::quoted_table(table);
    let sql = format!(
        "select pg_catalog.to_regclass({})",
        select::quoted_text(&quoted)
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
    let bare = names
        .iter()
        .map(|name| name.split_once('.').map_or(name.as_str(), |(_, bare)| bare));
    let found = match table.contains('.') {
        true => nearest(table, names.iter().map(String::as_str)),
        false => nearest(table, bare),
    };
    Err(session.trouble(Trouble::NoTable {
        table: table.to_owned(),
        nearest: found.map(str::to_owned),
    }))
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
            select::quoted_text(&select::quoted_table(table))
        );
        session.rows(&sql).await
    };
    let Ok(there) = there.await else {
        return session.failed(error);
    };
    let there: Vec<String> = there.into_iter().flatten().flatten().collect();
    let missing = config.columns.iter().find(|column| !there.contains(column));
    match missing {
        None => session.failed(error),
        Some(column) => session.trouble(Trouble::NoColumn {
            column: column.clone(),
            key: "columns",
            nearest: nearest(column, there.iter().map(String::as_str)).map(str::to_owned),
        }),
    }
}

impl Description {
    fn find_order(&mut self, session: &Session, since: &Changes) -> Result<(), DatabaseError> {
        if let Some(column) = &since.time {
            let index = self.find(session, column)?;
            let bare = self.columns[index]
                .kind
                .split('(')
                .next()
                .unwrap_or_default()
                .trim();
            // `timestamp(3) with time zone` has its precision in the middle.
            let has_zone = self.columns[index].kind.ends_with("with time zone");
            let kind = match bare {
                "timestamp" | "timestamp with time zone" if has_zone => TimeType::WithZone,
                "timestamp" | "timestamp without time zone" => TimeType::WithoutZone,
                "date" => TimeType::Day,
                _ => return Err(self.wrong_type(session, index)),
            };
            self.time = Some((index, kind));
        }
        if let Some(column) = &since.id {
            let index = self.find(session, column)?;
            let bare = self.columns[index]
                .kind
                .split('(')
                .next()
                .unwrap_or_default()
                .trim();
            let numbers = ["smallint", "integer", "bigint", "numeric"];
            if !numbers.contains(&bare) {
                return Err(self.wrong_type(session, index));
            }
            self.id = Some(index);
        }
        Ok(())
    }

    fn find(&self, session: &Session, column: &str) -> Result<usize, DatabaseError> {
        let found = self.columns.iter().position(|found| found.name == column);
        found.ok_or_else(|| {
            let names = self.columns.iter().map(|column| column.name.as_str());
            session.trouble(Trouble::NoColumn {
                column: column.to_owned(),
                key: "since",
                nearest: nearest(column, names).map(str::to_owned),
            })
        })
    }

    fn wrong_type(&self, session: &Session, index: usize) -> DatabaseError {
        session.trouble(Trouble::CursorType {
            column: self.columns[index].name.clone(),
            found: self.columns[index].kind.clone(),
        })
    }
}

/// What is found when a pull begins, and what time it is in the column of changes.
pub(super) struct Beginning {
    pub(super) found: Found,
    /// The latest moment that is not in the future.
    pub(super) latest: Option<NaiveDateTime>,
    /// The server's version and the snapshot, for the manifest.
    pub(super) version: String,
    pub(super) snapshot: String,
}

/// Looks at the server and the newest change; the session is in the transaction of the pull.
pub(super) async fn begin(
    session: &Session,
    config: &DatabaseConfig,
    description: &Description,
    looks_for_newest: bool,
) -> Result<Beginning, DatabaseError> {
    let zone = select::quoted_text(&session.zone);
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
    let latest = match description.time {
        None => None,
        Some((_, TimeType::WithZone)) => read_time(&text(3)),
        Some((_, TimeType::WithoutZone)) => read_time(&text(4)),
        // A day is not over: its rows may be stamped with it until it ends.
        Some((_, TimeType::Day)) => {
            read_time(&text(4)).and_then(|now| now.date().and_hms_opt(0, 0, 0))
        }
    };
    let mut found = Found {
        server: Server {
            identity: identity(session, config).await?,
            clock: clock.unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
            next_transaction,
            sequence: sequence(session, config)
                .await?
                .and_then(|last| last.parse().ok()),
        },
        columns: description.columns.clone(),
        open,
        newest: None,
        is_empty: false,
    };
    if let (Some(since), true) = (config.since.as_deref(), looks_for_newest) {
        let newest = select::newest(config, since);
        let newest = session.value(&newest).await?;
        found.is_empty = newest.is_none();
        found.newest = newest.and_then(|text| match since.time {
            Some(_) => Some(Point {
                time: Some(read_time(&text)?),
                id: None,
            }),
            None => Some(Point {
                time: None,
                id: Some(text.parse().ok()?),
            }),
        });
    }
    Ok(Beginning {
        found,
        latest,
        version: text(2),
        snapshot,
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
            select::quoted_text(&select::quoted_table(table))
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
            select::quoted_text(&select::quoted_table(table)),
            select::quoted_text(id)
        ))
        .await?;
    let Some(sequence) = sequence else {
        return Ok(None);
    };
    let quoted = select::quoted_text(&sequence);
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
