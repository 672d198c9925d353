//! How the servers' SQL differs, in what a pull asks for.

use super::config::DatabaseConfig;

/// The SQL of a kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

impl Dialect {
    /// The key of a job that names it, which is the scheme of its addresses as well.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::Mysql => "mysql",
        }
    }

    /// The port, when a job does not say.
    fn port(self) -> u16 {
        match self {
            Dialect::Postgres => 5432,
            Dialect::Mysql => 3306,
        }
    }

    /// The port of the server a job names.
    pub(crate) fn port_of(self, config: &DatabaseConfig) -> u16 {
        config.port.unwrap_or(self.port())
    }

    /// The server and the database, for messages.
    pub(crate) fn server_name(self, config: &DatabaseConfig) -> String {
        format!(
            "{}://{}:{}/{}",
            self.key(),
            config.host.value,
            self.port_of(config),
            config.database
        )
    }

    /// A name in quotes.
    pub(crate) fn quoted_name(self, name: &str) -> String {
        match self {
            Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A table's name in quotes, part by part.
    pub(crate) fn quoted_table(self, table: &str) -> String {
        let parts: Vec<String> = table
            .split('.')
            .map(|part| self.quoted_name(part.trim()))
            .collect();
        parts.join(".")
    }

    /// A text in quotes. PostgreSQL's sessions take backslashes as they are.
    pub(crate) fn quoted_text(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self {
            Dialect::Postgres => format!("'{text}'"),
            Dialect::Mysql => format!("'{}'", text.replace('\\', "\\\\")),
        }
    }

    /// What stands behind a column in `order by`, so that rows without a value come first.
    pub(crate) fn nulls_first(self) -> &'static str {
        match self {
            Dialect::Postgres => " nulls first",
            // They do.
            Dialect::Mysql => "",
        }
    }

    /// The condition that a row has no moment in a column (given in quotes): no value, or no day.
    pub(crate) fn has_no_moment(self, time: &str) -> String {
        match self {
            Dialect::Postgres => format!("{time} is null"),
            Dialect::Mysql => format!("{time} is null or {time} = '0000-00-00 00:00:00'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_whatever_stands_in_them() {
        let (postgres, mysql) = (Dialect::Postgres, Dialect::Mysql);
        assert_eq!(postgres.quoted_table("a. b\"`"), "\"a\".\"b\"\"`\"");
        assert_eq!(mysql.quoted_table("a. b\"`"), "`a`.`b\"```");
        assert_eq!(postgres.quoted_text("it's \\"), "'it''s \\'");
        assert_eq!(mysql.quoted_text("it's \\"), "'it''s \\\\'");
    }
}
