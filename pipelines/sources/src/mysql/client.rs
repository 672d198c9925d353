//! A session that can only read and whose text is exact.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use chrono::TimeDelta;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, DriverError, Error, IoError, Opts, OptsBuilder, Row, SslOpts, Value};
use rustls::crypto::CryptoProvider;

use crate::database::access::{Access, Patience};
use crate::database::dialect::Dialect;
use crate::database::{DatabaseConfig, DatabaseError, Trouble};

/// What makes the server's text exact and the same wherever it stands: moments in UTC, every letter there
/// is. A reader that is busy with a page is waited for; what is read is one state.
const SETTINGS: &str = "\
    time_zone = '+00:00', \
    character_set_client = utf8mb4, \
    character_set_connection = utf8mb4, \
    character_set_results = utf8mb4, \
    net_write_timeout = 3600, \
    autocommit = 1";

/// How often the way to a server that is silent is looked at.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    Mariadb,
    Mysql,
}

impl Flavour {
    /// The settings that have other names, or mean something else, in the other.
    ///
    /// The mode is that of the server's makers: quotes and operators mean what the manual says, and zero
    /// dates are read as they are. MySQL refuses a grouping that leaves values to chance; MariaDB's check
    /// refuses sound ones too.
    fn settings(self, limit: Duration) -> String {
        match self {
            Flavour::Mariadb => {
                format!(
                    "sql_mode = '', max_statement_time = {}",
                    limit.as_secs_f64()
                )
            }
            Flavour::Mysql => format!(
                "sql_mode = 'ONLY_FULL_GROUP_BY', max_execution_time = {}, \
                 information_schema_stats_expiry = 0",
                limit.as_millis().max(1)
            ),
        }
    }
}

/// A session; it ends when this is dropped.
pub(super) struct Session {
    connection: Conn,
    opts: Opts,
    voice: Voice,
    /// The server's version, in its own words.
    pub(super) version: String,
    /// How far what the server's clock shows is ahead of UTC.
    pub(super) ahead: TimeDelta,
    /// Transactions that were open just before the snapshot was taken.
    pub(super) open: Vec<u64>,
}

/// Who speaks of troubles.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    /// The server and the database.
    server: String,
    user: String,
    limit: String,
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
        let voice = Voice {
            server: Dialect::Mysql.server_name(config),
            user: config.user.clone(),
            limit: config.statement_timeout.to_string(),
        };
        let opts = opts(config, access).map_err(|trouble| voice.trouble(trouble))?;
        let limit = config.connect_timeout;
        let connected = tokio::time::timeout(limit.duration(), Conn::new(opts.clone())).await;
        let connected = connected.map_err(|_| {
            let reason = format!("it has not picked up within {limit}");
            voice.trouble(Trouble::Unreachable { reason })
        })?;
        let connection =
            connected.map_err(|error| voice.trouble(while_connecting(&error, config)))?;
        let mut session = Session {
            connection,
            opts,
            voice,
            version: String::new(),
            ahead: TimeDelta::zero(),
            open: Vec::new(),
        };
        session.settle(config).await?;
        Ok(session)
    }

    async fn settle(&mut self, config: &DatabaseConfig) -> Result<(), DatabaseError> {
        let told = self
            .row("select version(), timestampdiff(second, utc_timestamp(), now())")
            .await?;
        let mut told = told.into_iter().map(Option::unwrap_or_default);
        self.version = told.next().unwrap_or_default();
        let ahead = told.next().and_then(|seconds| seconds.parse().ok());
        self.ahead = TimeDelta::seconds(ahead.unwrap_or_default());
        let flavour = match self.version.to_ascii_lowercase().contains("mariadb") {
            true => Flavour::Mariadb,
            false => Flavour::Mysql,
        };
        let own = flavour.settings(config.statement_timeout.duration());
        self.run(&format!("set {SETTINGS}, {own}")).await?;
        let zone = self.value("select @@session.time_zone").await?;
        let zone = zone.unwrap_or_default();
        if zone != "+00:00" {
            return Err(self.trouble(Trouble::NotUtc { zone }));
        }
        self.run("set session transaction isolation level repeatable read, read only")
            .await
    }

    /// Takes the snapshot: from here on the session sees one state.
    pub(super) async fn take_snapshot(&mut self) -> Result<(), DatabaseError> {
        // Before, not after: who ends in between is seen, who begins in between stamps later. The server
        // tells with a delay of a tenth of a second, which the overlap covers. Numbers beyond 48 bits are
        // stand-ins of transactions that have written nothing.
        let writers = "select trx_id from information_schema.innodb_trx \
                       where trx_id > 0 and trx_id < 281474976710656";
        self.open = match self.rows(writers).await {
            Ok(rows) => rows
                .into_iter()
                .flatten()
                .filter_map(|id| id?.parse().ok())
                .collect(),
            // Only accounts with the privilege `PROCESS` are told.
            Err(error) if is_of_privilege(&error) => Vec::new(),
            Err(error) => return Err(error),
        };
        self.run("start transaction with consistent snapshot, read only")
            .await
    }

    /// Runs a statement for what it does.
    pub(super) async fn run(&mut self, sql: &str) -> Result<(), DatabaseError> {
        let done = self.connection.query_drop(sql).await;
        done.map_err(|error| self.voice.failed(&error))
    }

    /// The first row a statement gives, as text; empty when it gives none.
    pub(super) async fn row(&mut self, sql: &str) -> Result<Vec<Option<String>>, DatabaseError> {
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// All rows a statement gives, as text; for statements that give few.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
    ) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let rows = self.connection.query::<Row, _>(sql).await;
        let rows = rows.map_err(|error| self.voice.failed(&error))?;
        let text = |value: Option<Value>| match value {
            Some(Value::Bytes(bytes)) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            _ => None,
        };
        let rows = rows.into_iter().map(Row::unwrap_raw);
        Ok(rows
            .map(|values| values.into_iter().map(text).collect())
            .collect())
    }

    /// The first value a statement gives.
    pub(super) async fn value(&mut self, sql: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self.row(sql).await?.into_iter().next().flatten())
    }

    pub(super) fn connection(&mut self) -> &mut Conn {
        &mut self.connection
    }

    /// The connection, how to open another, and who speaks of its troubles.
    pub(super) fn into_parts(self) -> (Conn, Opts, Voice) {
        (self.connection, self.opts, self.voice)
    }

    /// The error of this server.
    pub(super) fn trouble(&self, trouble: Trouble) -> DatabaseError {
        self.voice.trouble(trouble)
    }

    /// What a statement's error means.
    pub(super) fn failed(&self, error: &Error) -> DatabaseError {
        self.voice.failed(error)
    }
}

impl Voice {
    /// The error of this server.
    pub(super) fn trouble(&self, trouble: Trouble) -> DatabaseError {
        DatabaseError::at(&self.server, trouble)
    }

    /// What a statement's error means.
    pub(super) fn failed(&self, error: &Error) -> DatabaseError {
        self.trouble(self.meaning(error))
    }

    fn meaning(&self, error: &Error) -> Trouble {
        let Error::Server(told) = error else {
            return Trouble::BrokeOff {
                reason: innermost(error),
            };
        };
        let reason = told.message.clone();
        match told.code {
            // MariaDB's number, and MySQL's.
            1969 | 3024 => Trouble::TimedOut {
                limit: self.limit.clone(),
            },
            1044 | 1142 | 1143 | 1227 => Trouble::NotAllowed {
                user: self.user.clone(),
                reason,
            },
            1040 | 1053 | 1203 | 1205 | 1213 => Trouble::Busy { reason },
            // Somebody ended the statement, or the connection.
            1317 | 1927 => Trouble::BrokeOff { reason },
            _ => Trouble::Refused { reason },
        }
    }
}

fn is_of_privilege(error: &DatabaseError) -> bool {
    matches!(error.trouble.as_ref(), Trouble::NotAllowed { .. })
}

fn opts(config: &DatabaseConfig, access: &Access) -> Result<Opts, Trouble> {
    let host = config.host.value.as_str();
    let password = access.password.as_ref();
    let mut how = OptsBuilder::default()
        .user(Some(&config.user))
        .pass(password.map(|password| password.expose().to_owned()))
        .db_name(Some(&config.database))
        .tcp_keepalive(Some(KEEPALIVE))
        .prefer_socket(false)
        .stmt_cache_size(0)
        .connect_attribute("program_name", "jieyue");
    how = match host.starts_with('/') {
        true => how.socket(Some(host)),
        false => how
            .ip_or_hostname(host)
            .tcp_port(Dialect::Mysql.port_of(config)),
    };
    if config.wants_tls() {
        let trusted = access.trusted();
        let trusted = trusted.map_err(|reason| Trouble::Untrusted { reason })?;
        let trusted = trusted
            .iter()
            .map(|certificate| certificate.to_vec().into());
        let tls = SslOpts::default()
            .with_disable_built_in_roots(true)
            .with_root_certs(trusted.collect());
        how = how.ssl_opts(tls);
        // The driver takes the provider of the process, and there is no other way to give it one.
        if CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
    }
    Ok(how.into())
}

fn while_connecting(error: &Error, config: &DatabaseConfig) -> Trouble {
    let not_let_in = |reason| Trouble::NotLetIn {
        user: config.user.clone(),
        reason,
    };
    match error {
        Error::Server(told) => {
            let reason = told.message.clone();
            match told.code {
                1045 | 1129 | 1130 | 1251 | 1698 | 1862 => not_let_in(reason),
                1044 => Trouble::NotAllowed {
                    user: config.user.clone(),
                    reason,
                },
                1049 => Trouble::NoDatabase {
                    database: config.database.clone(),
                },
                1040 | 1053 | 1203 | 1226 => Trouble::Busy { reason },
                _ => Trouble::Refused { reason },
            }
        }
        Error::Driver(DriverError::NoClientSslFlagFromServer) => Trouble::NoTls,
        Error::Driver(
            DriverError::UnknownAuthPlugin { .. }
            | DriverError::CleartextPluginDisabled
            | DriverError::MysqlOldPasswordDisabled,
        ) => not_let_in(innermost(error)),
        Error::Io(IoError::Tls(_)) => Trouble::Untrusted {
            reason: innermost(error),
        },
        Error::Io(IoError::Io(inner)) if is_of_trust(inner) => Trouble::Untrusted {
            reason: innermost(error),
        },
        _ => Trouble::Unreachable {
            reason: innermost(error),
        },
    }
}

fn is_of_trust(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
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
