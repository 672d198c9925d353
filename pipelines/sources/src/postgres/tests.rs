//! A real server, and what a reader of databases gets wrong.

mod changes;
mod faults;
pub(crate) mod server;
mod values;

use contracts::yaml::At;

use crate::database::{Changes, DatabaseConfig};
use crate::postgres::Postgres;
use crate::tests::{Got, collect};
use crate::{Cursor, Pull};
use server::Server;

fn config(server: &Server, table: &str) -> DatabaseConfig {
    let mut config = DatabaseConfig::of("127.0.0.1", "city", "postgres", table);
    config.port = Some(server.port);
    config
}

fn by(config: &DatabaseConfig, changes: Changes) -> DatabaseConfig {
    DatabaseConfig {
        since: Some(At {
            value: changes,
            line: 1,
        }),
        ..config.clone()
    }
}

async fn pull(config: &DatabaseConfig, since: Option<Cursor>) -> Got {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = match Postgres::new(config, folder) {
        Ok(source) => source,
        Err(error) => return Got::failed(error),
    };
    let pull = Pull {
        since,
        ..Pull::anew(chrono::DateTime::UNIX_EPOCH)
    };
    collect(&source, pull).await
}

/// The values of a column in all rows that came, in order.
fn column(got: &Got, name: &str) -> Vec<String> {
    assert!(got.error.is_none(), "{:?}", got.error);
    let lines = got.pages.iter().flat_map(|(_, page)| page.lines());
    let values = lines.map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        row[name].as_str().unwrap_or("null").to_owned()
    });
    values.collect()
}
