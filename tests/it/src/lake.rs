//! A lake of one test: made in a folder of its own, asked in SQL.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, TimeZone, Utc};
use contracts::Contracts;
use warehouse::{LakeLocation, Settings, Warehouse, open_latest};

/// The top folder of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).to_owned()
}

/// The moment at which every test runs.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 2, 0, 0)
        .single()
        .expect("a time")
}

/// A new lake in `folder/lake`.
pub(crate) async fn open(folder: &Path, contracts: Arc<Contracts>) -> Warehouse {
    let location: LakeLocation = folder
        .join("lake")
        .to_string_lossy()
        .parse()
        .expect("a place");
    let settings = Settings {
        target_partitions: Some(2),
        ..Settings::default()
    };
    Warehouse::open(&location, contracts, settings)
        .await
        .expect("a lake")
}

/// The rows of a query over the newest state, every cell as text.
pub(crate) async fn rows(lake: &Warehouse, sql: &str) -> Vec<Vec<String>> {
    let session = open_latest(lake).await.expect("a session");
    let asked = async { session.sql(sql).await?.collect().await };
    let batches = asked.await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options).expect("a text form"))
            .collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            let cells = columns.iter().map(|column| column.value(row).to_string());
            cells.collect()
        }));
    }
    rows
}
