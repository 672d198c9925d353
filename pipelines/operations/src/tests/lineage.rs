//! Lineage, read by the standard's own client.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::{Lineage, LineageOutput, LineageRun, LineageSink, LineageTurn};

use super::lake::{Lake, at};

/// The interpreter that tests are given; else that of the repository.
fn python() -> PathBuf {
    std::env::var_os("JIEYUE_PYTHON").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/venv/bin/python"),
        PathBuf::from,
    )
}

#[tokio::test]
async fn events_are_what_the_published_schema_says() {
    let lake = Lake::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lineage.ndjson");
    let lineage = Lineage::new(LineageSink::File(file.clone()), "city");
    let table = "reference.headcount".parse().expect("a table");
    let contract = lake.warehouse.contract(&table).expect("a contract");
    let mut run = LineageRun {
        run_id: "20261124T033317.250Z-9f3a61c2".to_owned(),
        job: "reference.headcount".to_owned(),
        kind: "LOAD",
        inputs: vec![("headcount.csv".to_owned(), None)],
        output: LineageOutput::of(contract),
    };
    let began = at("2026-11-24T03:33:17.250Z");
    lineage.tell(&run, &LineageTurn::Start, began).await;
    run.output.version = Some(7);
    run.output.rows = Some(4);
    run.output.ledger = Some(
        json!({ "read": 5, "inserted": 3, "updated": 1, "unchanged": 0, "duplicate": 0, "quarantined": 1 }),
    );
    lineage
        .tell(&run, &LineageTurn::Complete, at("2026-11-24T03:33:18Z"))
        .await;
    let build = LineageRun {
        run_id: "build of reporting_month".to_owned(),
        job: "build.reporting_month".to_owned(),
        kind: "BUILD",
        inputs: vec![("energy.monthly".to_owned(), Some(41))],
        output: run.output.clone(),
    };
    let failed = LineageTurn::Fail("the grain is broken".to_owned());
    lineage.tell(&build, &failed, began).await;

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/lineage.py");
    let read = Command::new(python()).arg(script).arg(&file).output();
    let is_required = std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    let told = match read {
        Ok(read) if read.status.success() => String::from_utf8(read.stdout).expect("text"),
        other => {
            assert!(!is_required, "{other:?}");
            eprintln!("NOT TESTED: {other:?}");
            return;
        }
    };
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    // A run has one UUID from its start to its end, and another run another.
    let ids: Vec<&str> = lines
        .iter()
        .map(|line| line.split(' ').nth(1).expect("an id"))
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert!(lines[0].starts_with("START") && lines[1].starts_with("COMPLETE"));
    assert!(
        lines[2].starts_with("FAIL") && lines[2].contains("['energy.monthly']"),
        "{told}"
    );

    let text = std::fs::read_to_string(&file).expect("the events");
    let complete: Value =
        serde_json::from_str(text.lines().nth(1).expect("an event")).expect("JSON");
    let written = &complete["outputs"][0]["outputFacets"];
    assert_eq!(written["outputStatistics"]["rowCount"], 4);
    assert_eq!(written["jieyue_ledger"]["quarantined"], 1);
    assert_eq!(
        complete["outputs"][0]["facets"]["version"]["datasetVersion"],
        "7"
    );
}

#[tokio::test]
async fn lineage_that_goes_nowhere_fails_nothing() {
    let lake = Lake::empty().await;
    let table = "reference.headcount".parse().expect("a table");
    let run = LineageRun {
        run_id: "1".to_owned(),
        job: "a".to_owned(),
        kind: "LOAD",
        inputs: Vec::new(),
        output: LineageOutput::of(lake.warehouse.contract(&table).expect("a contract")),
    };
    // Nobody listens at the port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", port.local_addr().expect("an address"));
    drop(port);
    let lineage = Lineage::new(LineageSink::Http(address), "city");
    lineage
        .tell(&run, &LineageTurn::Start, at("2026-11-24T03:33:17Z"))
        .await;
}
