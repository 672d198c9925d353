//! A session that can only read and whose text is exact.

use std::error::Error as _;
use std::io;

use tokio::task::AbortHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

use super::tls::MakeTls;
use crate::database::access::{Access, Patience};
use crate::database::dialect::Dialect;
use crate::database::{DatabaseConfig, DatabaseError, Trouble};

/// What makes the server's text exact and the same wherever it stands: moments in UTC and in ISO form,
/// bytes as hexadecimal digits, floats with every digit, backslashes as they are. The plan is that for all
/// rows and not, as for cursors otherwise, for the first tenth; and a table that has not changed is read in
/// the same order every time.
const SETTINGS: &str = "\
    set time zone 'UTC'; \
    set datestyle = 'ISO, YMD'; \
    set intervalstyle = 'iso_8601'; \
    set bytea_output = 'hex'; \
    set extra_float_digits = 3; \
    set standard_conforming_strings = on; \
    set cursor_tuple_fraction = 1; \
    set synchronize_seqscans = off; \
    set idle_in_transaction_session_timeout = 0; \
    set default_transaction_read_only = on";

/// A session; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    connection: AbortHandle,
    /// The server and the database, for messages.
    server: String,
    user: String,
    limit: String,
    /// The time zone the server has for everybody who says nothing.
    pub(super) zone: String,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

impl Session {
    /// Connects and settles the session.
    pub(super) async fn open(
        config: &DatabaseConfig,
        access: &Access,
    ) -> Result<Session, DatabaseError> {
        let mut patience = Patience::new();
        loop {
            match Session::open_once(config, access).await {
                Ok(session) => return Ok(session),
                Err(error) => patience.bear(error).await?,
            }
        }
    }

    async fn open_once(config: &DatabaseConfig, access: &Access) -> Result<Session, DatabaseError> {
        let mut how = Config::new();
        how.host(&config.host.value)
            .port(Dialect::Postgres.port_of(config))
            .dbname(&config.database)
            .user(&config.user)
            .application_name("jieyue")
            .connect_timeout(config.connect_timeout.duration());
        if let Some(password) = &access.password {
            how.password(password.expose());
        }
        let server = Dialect::Postgres.server_name(config);
        let failed = |error: Error| DatabaseError::at(&server, while_connecting(&error, config));
        let (client, connection) = if config.wants_tls() {
            let tls = MakeTls::new(access)
                .map_err(|reason| DatabaseError::at(&server, Trouble::Untrusted { reason }))?;
            how.ssl_mode(SslMode::Require);
            let (client, connection) = how.connect(tls).await.map_err(failed)?;
            (client, tokio::spawn(async move { drop(connection.await) }))
        } else {
            how.ssl_mode(SslMode::Disable);
            let (client, connection) = how.connect(NoTls).await.map_err(failed)?;
            (client, tokio::spawn(async move { drop(connection.await) }))
        };
        let mut session = Session {
            client,
            connection: connection.abort_handle(),
            server,
            user: config.user.clone(),
            limit: config.statement_timeout.to_string(),
            zone: String::new(),
        };
        session.zone = session.value("show timezone").await?.unwrap_or_default();
        let timeout_ms = config.statement_timeout.duration().as_millis();
        session
            .run(&format!("{SETTINGS}; set statement_timeout = {timeout_ms}"))
            .await?;
        let zone = session.value("show timezone").await?.unwrap_or_default();
        if zone != "UTC" {
            return Err(session.trouble(Trouble::NotUtc { zone }));
        }
        Ok(session)
    }

    /// Runs statements for what they do.
    pub(super) async fn run(&self, sql: &str) -> Result<(), DatabaseError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|error| self.failed(&error))
    }

    /// The first row a statement gives, as text; empty when it gives none.
    pub(super) async fn row(&self, sql: &str) -> Result<Vec<Option<String>>, DatabaseError> {
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// All rows a statement gives, as text; for statements that give few.
    pub(super) async fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let answered = self.client.simple_query(sql).await;
        let answered = answered.map_err(|error| self.failed(&error))?;
        let rows = answered.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|index| row.get(index).map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// The first value a statement gives.
    pub(super) async fn value(&self, sql: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self.row(sql).await?.into_iter().next().flatten())
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The error of this server.
    pub(super) fn trouble(&self, trouble: Trouble) -> DatabaseError {
        DatabaseError::at(&self.server, trouble)
    }

    /// What a statement's error means.
    pub(super) fn failed(&self, error: &Error) -> DatabaseError {
        self.trouble(self.meaning(error))
    }

    fn meaning(&self, error: &Error) -> Trouble {
        let Some(told) = error.as_db_error() else {
            return Trouble::BrokeOff {
                reason: innermost(error),
            };
        };
        let reason = told.message().to_owned();
        match told.code().code() {
            "57014" => Trouble::TimedOut {
                limit: self.limit.clone(),
            },
            "42501" => Trouble::NotAllowed {
                user: self.user.clone(),
                reason,
            },
            // 40001: a standby that must go on cancels readers.
            "57P01" | "57P02" | "57P03" | "40001" | "53300" => Trouble::Busy { reason },
            _ => Trouble::Refused { reason },
        }
    }
}

fn while_connecting(error: &Error, config: &DatabaseConfig) -> Trouble {
    let reason = innermost(error);
    if let Some(told) = error.as_db_error() {
        let reason = told.message().to_owned();
        return match told.code().code() {
            "28P01" | "28000" => Trouble::NotLetIn {
                user: config.user.clone(),
                reason,
            },
            "3D000" => Trouble::NoDatabase {
                database: config.database.clone(),
            },
            "57P03" | "53300" => Trouble::Busy { reason },
            _ => Trouble::Refused { reason },
        };
    }
    let source = error.source();
    let is_of_trust = source
        .and_then(|source| source.downcast_ref::<io::Error>())
        .and_then(io::Error::get_ref)
        .is_some_and(|inner| inner.is::<rustls::Error>());
    if is_of_trust {
        return Trouble::Untrusted { reason };
    }
    if reason.contains("does not support TLS") {
        return Trouble::NoTls;
    }
    if reason.contains("password missing") {
        return Trouble::NotLetIn {
            user: config.user.clone(),
            reason: "it asks for a password, and the job names none".to_owned(),
        };
    }
    Trouble::Unreachable { reason }
}

fn innermost(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = cause.to_string();
        next = cause.source();
    }
    text
}
