//! A real server, and what a reader of databases gets wrong.

mod faults;
pub(crate) mod server;
mod values;

use contracts::yaml::At;
use mysql_async::prelude::Queryable as _;

use crate::Cursor;
use crate::database::tests::{by, column};
use crate::database::{Changes, DatabaseConfig};
use crate::mysql::Mysql;
use crate::tests::{Got, process};
use server::Server;

fn config(server: &Server, table: &str) -> DatabaseConfig {
    let mut config = DatabaseConfig::of("127.0.0.1", "city", "root", table);
    config.port = Some(server.port);
    config
}

fn query(config: &DatabaseConfig, sql: &str) -> DatabaseConfig {
    DatabaseConfig {
        table: None,
        query: Some(At {
            value: sql.to_owned(),
            line: 1,
        }),
        ..config.clone()
    }
}

async fn pull(config: &DatabaseConfig, since: Option<Cursor>) -> Got {
    crate::database::tests::pull(Mysql::new, config, since).await
}
