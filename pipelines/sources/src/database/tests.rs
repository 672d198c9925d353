//! What pulls of every kind of server must do alike.

mod changes;
mod servers;

use std::path::Path;

use contracts::yaml::At;

use super::{Changes, DatabaseConfig};
use crate::tests::{Got, collect};
use crate::{Cursor, Pull, Source, SourceError};

/// The same, incremental.
pub(crate) fn by(config: &DatabaseConfig, changes: Changes) -> DatabaseConfig {
    DatabaseConfig {
        since: Some(At {
            value: changes,
            line: 1,
        }),
        ..config.clone()
    }
}

/// Pulls once with the connector that `connect` makes.
pub(crate) async fn pull<S: Source>(
    connect: impl Fn(&DatabaseConfig, &Path) -> Result<S, SourceError>,
    config: &DatabaseConfig,
    since: Option<Cursor>,
) -> Got {
    let source = match connect(config, Path::new(env!("CARGO_MANIFEST_DIR"))) {
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
pub(crate) fn column(got: &Got, name: &str) -> Vec<String> {
    assert!(got.error.is_none(), "{:?}", got.error);
    let lines = got.pages.iter().flat_map(|(_, page)| page.lines());
    let values = lines.map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        row[name].as_str().unwrap_or("null").to_owned()
    });
    values.collect()
}
