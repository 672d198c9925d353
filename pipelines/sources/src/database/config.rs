//! The `source: { postgres: … }` and `source: { mysql: … }` keys of a job.

use contracts::yaml::At;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::fault::ConfigFault;
use crate::secret::HOW_TO_NAME;
use crate::{ByteSize, SecretRef, Wait};

/// A table of a database, or what a query over it gives.
///
/// ```yaml
/// source:
///   postgres:
///     host: db.energy.example
///     database: energy
///     user: reader
///     password: env:ENERGY_DB_PASSWORD
///     table: public.reading
///     since: { time: updated_at, id: reading_id, overlap: 1 h }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The machine.
    pub host: At<String>,
    /// The port; that of the server's kind when not said.
    #[serde(default)]
    pub port: Option<u16>,
    /// The database.
    pub database: String,
    /// Who reads: best an account that may only read.
    pub user: String,
    /// Its password.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// Whether the way is encrypted; when not said it must be, except to this machine itself.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// A file (PEM) of the authority that signed the server's certificate, where the system does not trust
    /// it already; from the project's folder on.
    #[serde(default)]
    pub authority: Option<String>,
    /// The table, with its schema (of MySQL: its database) where it is not the one of everybody.
    #[serde(default)]
    pub table: Option<At<String>>,
    /// With `table`: the columns that are read; all when not said.
    #[serde(default)]
    pub columns: Vec<String>,
    /// A query, in place of `table`.
    #[serde(default)]
    pub query: Option<At<String>>,
    /// Reads only what has changed since the last pull. Without it every pull reads everything, which
    /// `mode: snapshot` needs to find deleted rows.
    #[serde(default)]
    pub since: Option<At<Changes>>,
    /// What becomes of a pull that finds other columns, or columns of other types, than the last one.
    #[serde(default)]
    pub drift: Drift,
    /// How long one statement may take. PostgreSQL gives rows by many statements; MySQL and MariaDB all
    /// of a pull by one, whose time includes that of taking them.
    #[serde(default = "statement_timeout")]
    pub statement_timeout: Wait,
    /// How long it may take until the server picks up.
    #[serde(default = "connect_timeout")]
    pub connect_timeout: Wait,
    /// Rows a page has at most.
    #[serde(default = "page_rows")]
    pub page_rows: u32,
    /// Bytes a page has at most, but for its last row.
    #[serde(default = "page_bytes")]
    pub page_bytes: ByteSize,
}

/// Whether the way to a server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// It is not. Data and names travel readable for anybody on the way.
    Off,
    /// It is, and the server proves by its certificate who it is.
    Require,
}

/// What becomes of a pull that finds other columns than the last one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// The run says what is different, and goes on: a column that came is not read until the job names it,
    /// one that went and is named fails the run, a value of another type is checked as any other.
    #[default]
    Tell,
    /// It fails, and nothing is loaded until the job's `drift` or the source is changed.
    Refuse,
}

/// How changes are found: by a time, by a number that grows, or by both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Changes {
    /// The column that says when a row was changed last.
    #[serde(default)]
    pub time: Option<String>,
    /// The column whose value is larger in every new row. Alone it finds new rows and no changes of old
    /// ones; beside `time` it orders rows of one moment.
    #[serde(default)]
    pub id: Option<String>,
    /// With `time`: how far before the newest change seen the next pull begins, for rows that commit
    /// late; one hour when not said.
    #[serde(default)]
    pub overlap: Option<Wait>,
    /// With `id` alone: how many numbers before the largest seen the next pull begins; 1000 when not said.
    #[serde(default)]
    pub overlap_ids: Option<u32>,
    /// How old the last complete pull may become before everything is read again, as a net below the
    /// overlap.
    #[serde(default)]
    pub full_every: Option<Wait>,
}

fn statement_timeout() -> Wait {
    Wait::seconds(600)
}

fn connect_timeout() -> Wait {
    Wait::seconds(10)
}

fn page_rows() -> u32 {
    100_000
}

fn page_bytes() -> ByteSize {
    ByteSize::mib(16)
}

impl Changes {
    /// By these columns, for everything else as when it is not said.
    pub fn by(time: Option<&str>, id: Option<&str>) -> Changes {
        Changes {
            time: time.map(str::to_owned),
            id: id.map(str::to_owned),
            overlap: None,
            overlap_ids: None,
            full_every: None,
        }
    }

    /// The overlap of `time`.
    pub(crate) fn overlap_of_time(&self) -> Wait {
        self.overlap.unwrap_or(Wait::seconds(3_600))
    }

    /// The overlap of `id` alone.
    pub(crate) fn overlap_of_ids(&self) -> u32 {
        self.overlap_ids.unwrap_or(1_000)
    }

    /// The columns, in the order they are compared.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        [self.time.as_deref(), self.id.as_deref()]
            .into_iter()
            .flatten()
    }
}

impl DatabaseConfig {
    /// A whole table, for everything else as when it is not said.
    pub fn of(host: &str, database: &str, user: &str, table: &str) -> DatabaseConfig {
        let at = |value: &str| At {
            value: value.to_owned(),
            line: 0,
        };
        DatabaseConfig {
            host: at(host),
            port: None,
            database: database.to_owned(),
            user: user.to_owned(),
            password: None,
            tls: None,
            authority: None,
            table: Some(at(table)),
            columns: Vec::new(),
            query: None,
            since: None,
            drift: Drift::Tell,
            statement_timeout: statement_timeout(),
            connect_timeout: connect_timeout(),
            page_rows: page_rows(),
            page_bytes: page_bytes(),
        }
    }

    /// Whether a pull gives only what has changed since the last one.
    pub fn is_incremental(&self) -> bool {
        self.since.is_some()
    }

    /// Whether the way must be encrypted.
    pub(crate) fn wants_tls(&self) -> bool {
        match self.tls {
            Some(tls) => tls == Tls::Require,
            None => !self.is_of_this_machine(),
        }
    }

    fn is_of_this_machine(&self) -> bool {
        let host = self.host.as_str();
        host == "localhost"
            || host.starts_with('/')
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// Everything wrong with it that the shape of the file does not show.
    pub fn faults(&self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        let mut fault = |line: u32, message: String, hint: &str| {
            faults.push(ConfigFault::new(line, message, hint));
        };
        let line = self.host.line;
        if self.host.contains('@') || self.host.contains("://") {
            fault(
                line,
                "`host` is no name of a machine".to_owned(),
                "write the name alone; `port`, `database`, `user` and `password` are keys of their own",
            );
        }
        if self.password == Some(SecretRef::Neither) {
            fault(line, "`password` names no secret".to_owned(), HOW_TO_NAME);
        }
        match (&self.table, &self.query) {
            (None, None) => fault(
                line,
                "neither `table` nor `query` is given".to_owned(),
                "write `table: schema.name`",
            ),
            (Some(_), Some(query)) => fault(
                query.line,
                "both `table` and `query` are given".to_owned(),
                "keep one of the two",
            ),
            (None, Some(query)) if !self.columns.is_empty() => fault(
                query.line,
                "`columns` means nothing with `query`".to_owned(),
                "name the columns in the query",
            ),
            (None, Some(query)) if query.trim().is_empty() => {
                fault(query.line, "`query` is empty".to_owned(), "write a select");
            }
            (Some(table), None) if table.split('.').any(|part| part.trim().is_empty()) => fault(
                table.line,
                format!("`{}` is no name of a table", table.value),
                "write `schema.name`",
            ),
            _ => {}
        }
        if self.authority.is_some() && !self.wants_tls() {
            fault(
                line,
                "`authority` means nothing without encryption".to_owned(),
                "write `tls: require`",
            );
        }
        if self.page_rows == 0 {
            fault(
                line,
                "`page_rows` is 0".to_owned(),
                "write how many rows a page may have",
            );
        }
        let Some(since) = &self.since else {
            return faults;
        };
        if since.time.is_none() && since.id.is_none() {
            fault(
                since.line,
                "`since` names no column".to_owned(),
                "write `time: updated_at`, `id: reading_id`, or both",
            );
        }
        if since.overlap.is_some() && since.time.is_none() {
            fault(
                since.line,
                "`overlap` of `since` means nothing without `time`".to_owned(),
                "write `overlap_ids: 1000`, a number of numbers",
            );
        }
        if since.overlap_ids.is_some() && since.time.is_some() {
            fault(
                since.line,
                "`overlap_ids` of `since` means nothing beside `time`".to_owned(),
                "write `overlap: 1 h`, a length of time",
            );
        }
        faults
    }
}
