//! Pulls from a service and a database: source, lake and ledger, with cursors that lose nothing.

mod database;
mod inbox;
mod mysql;
#[path = "../../../sources/src/tests/process.rs"]
mod process;
mod service;

use contracts::TableId;
use serde_json::Value;

use super::harness::{House, ledger};
use crate::report::RunReport;

fn table() -> TableId {
    "energy.use".parse().expect("a table")
}

/// The cursors in the commits of `energy.use`, oldest first, `null` where a commit has none.
async fn cursors(house: &House) -> Vec<Value> {
    cursors_of(house, &table()).await
}

async fn cursors_of(house: &House, table: &TableId) -> Vec<Value> {
    let table = house.warehouse.existing_table(table).await;
    let table = table.expect("the lake");
    let table = table.expect("a table");
    let mut entries = table.history(100).await.expect("a log");
    entries.reverse();
    let runs = entries
        .iter()
        .filter(|entry| entry.info.contains_key("run"));
    runs.map(|entry| {
        entry
            .info
            .get("cursor")
            .map_or(Value::Null, |kept| kept["at"].clone())
    })
    .collect()
}

fn notes(report: &RunReport) -> Vec<String> {
    report
        .pull
        .as_ref()
        .map(|pull| pull.notes.clone())
        .unwrap_or_default()
}

/// The faults of a run's files.
fn faults(report: &RunReport) -> Vec<String> {
    let faults = report.files.iter().filter_map(|file| file.fault.as_ref());
    faults.map(|fault| fault.message.clone()).collect()
}
