//! Why a database could not be read.

use contracts::{Fault, Retry};

/// Why a database could not be read: which one, and what the trouble is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{trouble} (`{server}`)")]
pub struct DatabaseError {
    /// The server and the database, without who reads.
    pub server: String,
    /// The trouble.
    pub trouble: Box<Trouble>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum Trouble {
    #[error("cannot reach the database server: {reason}")]
    Unreachable { reason: String },
    #[error("the database server cannot be trusted: {reason}")]
    Untrusted { reason: String },
    #[error("the database server offers no encryption")]
    NoTls,
    #[error("the database server does not let `{user}` in: {reason}")]
    NotLetIn { user: String, reason: String },
    #[error("there is no database `{database}`")]
    NoDatabase { database: String },
    #[error("there is no table `{table}`")]
    NoTable {
        table: String,
        nearest: Option<String>,
    },
    #[error("`{user}` may not read it: {reason}")]
    NotAllowed { user: String, reason: String },
    #[error("the server refuses the statement: {reason}")]
    Refused { reason: String },
    #[error("a statement took longer than {limit}")]
    TimedOut { limit: String },
    #[error("the connection broke off: {reason}")]
    BrokeOff { reason: String },
    #[error("the server is busy or being restarted: {reason}")]
    Busy { reason: String },
    #[error("the session's time zone is `{zone}`, although UTC was asked for")]
    NotUtc { zone: String },
    #[error("there is no column `{column}`, which `{key}` names")]
    NoColumn {
        column: String,
        key: &'static str,
        nearest: Option<String>,
    },
    #[error("two columns are called `{column}`")]
    ColumnTwice { column: String },
    #[error("the column `{column}`, which `since` names, is of type {found}")]
    CursorType { column: String, found: String },
    #[error("bytes are no text: {}", .columns.join(", "))]
    Bytes { columns: Vec<String> },
    #[error("the columns are not those of the last pull: {}", .differences.join("; "))]
    Drifted { differences: Vec<String> },
    #[error("row {row}, column `{column}`: the server's text is no UTF-8")]
    NotText { row: u64, column: String },
}

impl DatabaseError {
    /// A trouble with this server.
    pub(crate) fn at(server: &str, trouble: Trouble) -> DatabaseError {
        DatabaseError {
            server: server.to_owned(),
            trouble: Box::new(trouble),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        let hint = match self.trouble.as_ref() {
            Trouble::Unreachable { .. } => {
                "check `host` and `port`, whether the server runs, and whether this machine may reach it, then run the job again"
            }
            Trouble::Untrusted { .. } => {
                "its certificate is not one this machine trusts for `host`; name the file of the authority that signed it: `authority: certificates/city.pem`"
            }
            Trouble::NoTls => {
                "have it switched on at the server, or, on a way that nobody else can read, write `tls: off`"
            }
            Trouble::NotLetIn { .. } => {
                "check `user` and the secret that `password` names, and the server's own rules for this machine (pg_hba.conf, or the host in the account's name)"
            }
            Trouble::NoDatabase { .. } => "check `database`",
            Trouble::NoTable {
                nearest: Some(nearest),
                ..
            } => return format!("write `{nearest}`"),
            Trouble::NoTable { .. } => "check `table`, with its schema: `public.reading`",
            Trouble::NotAllowed { .. } => "have the account granted `select` on it",
            Trouble::Refused { .. } => {
                "try the query in the database's own client, and mend it in the job"
            }
            Trouble::TimedOut { .. } => {
                "add an index on the columns of `since`, or raise `statement_timeout`"
            }
            Trouble::BrokeOff { .. } => {
                "run the job again; with `since` it goes on where it stopped"
            }
            Trouble::Busy { .. } => "run the job again later",
            Trouble::NotUtc { .. } => {
                "a proxy between here and the server seems to share sessions; connect to the server itself"
            }
            Trouble::NoColumn {
                nearest: Some(nearest),
                ..
            } => return format!("write `{nearest}`"),
            Trouble::NoColumn { .. } => "name a column of the table or query",
            Trouble::ColumnTwice { .. } => {
                "give each column of the query a name of its own with `as`"
            }
            Trouble::CursorType { .. } => {
                "`time` must be a date or a timestamp, `id` a whole number: what grows must have one order"
            }
            Trouble::Bytes { .. } => {
                "leave them out: name the others in `columns`, or write a query that gives their text with `hex(…)` or `convert(… using utf8mb4)`"
            }
            Trouble::Drifted { .. } => {
                "look whether the job and the contract still fit, then write `drift: tell` for one run"
            }
            Trouble::NotText { .. } => {
                "the database holds text in another encoding than it says (SQL_ASCII?); have it mended, or leave the column out"
            }
        };
        hint.to_owned()
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self.trouble.as_ref() {
            Trouble::NotLetIn { .. }
            | Trouble::NoTls
            | Trouble::NoDatabase { .. }
            | Trouble::NoTable { .. }
            | Trouble::NotAllowed { .. }
            | Trouble::Refused { .. }
            | Trouble::NoColumn { .. }
            | Trouble::ColumnTwice { .. }
            | Trouble::CursorType { .. }
            | Trouble::Bytes { .. }
            | Trouble::Drifted { .. } => Fault::User,
            _ => Fault::External,
        }
    }

    /// Whether the same run may succeed when it is tried again.
    pub fn retry(&self) -> Retry {
        match self.trouble.as_ref() {
            Trouble::Unreachable { .. }
            | Trouble::TimedOut { .. }
            | Trouble::BrokeOff { .. }
            | Trouble::Busy { .. } => Retry::Later,
            _ => Retry::Never,
        }
    }
}
