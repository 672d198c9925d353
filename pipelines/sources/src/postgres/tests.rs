//! A real server, and what a reader of databases gets wrong.

mod faults;
pub(crate) mod server;
mod values;

use contracts::yaml::At;

use crate::database::tests::{by, column};
use crate::database::{Changes, DatabaseConfig};
use crate::postgres::Postgres;
use crate::tests::{Got, process};
use crate::{Cursor, Pull};
use server::Server;

fn config(server: &Server, table: &str) -> DatabaseConfig {
    let mut config = DatabaseConfig::of("127.0.0.1", "city", "postgres", table);
    config.port = Some(server.port);
    config
}

async fn pull(config: &DatabaseConfig, since: Option<Cursor>) -> Got {
    crate::database::tests::pull(Postgres::new, config, since).await
}
