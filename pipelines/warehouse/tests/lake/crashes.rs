//! Writers that are killed in the middle: what was acknowledged is there, nothing is there twice.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use warehouse::progress::Silent;
use warehouse::{Change, LakeLocation, MaintainOptions, Warehouse, maintain};

use crate::support::*;

/// Names the lake to the process that is to be killed.
const LAKE: &str = "JIEYUE_TEST_CRASH_LAKE";

/// Rows of one numbered commit: enough for the kill to fall into writing as well as committing.
const ROWS: i64 = 3_000;

fn contracts() -> [(String, String); 1] {
    [contract(
        "mart.number",
        &["n integer key", "batch integer required", "text text"],
    )]
}

async fn lake(path: &std::path::Path) -> Warehouse {
    open(&LakeLocation::local(path), &contracts())
        .await
        .unwrap()
}

/// Not a test of its own: the process that is killed, numbering its commits from the last one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_writer_that_is_killed() {
    let Some(path) = std::env::var_os(LAKE) else {
        return;
    };
    let table = lake(path.as_ref())
        .await
        .table(&id("mart.number"))
        .await
        .unwrap();
    loop {
        let on = table.snapshot().await.unwrap();
        let next = on.transaction_version("writer").await.unwrap().unwrap_or(0) + 1;
        let sql = format!(
            "select {next} * {ROWS} + value as n, {next} as batch, cast(random() as varchar) as text
             from generate_series(0, {}) as numbers(value)",
            ROWS - 1
        );
        let change = Change {
            add: write(&table, &sql).await.unwrap(),
            txn: Some(("writer".to_owned(), next)),
            ..Change::default()
        };
        table.commit(&on, change).await.unwrap();
        println!("acknowledged {next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_writer_loses_and_doubles_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lake");
    let warehouse = lake(&path).await;
    let table = warehouse.table(&id("mart.number")).await.unwrap();
    let mut acknowledged = 0;
    // The kills fall at different moments of a write that takes some ten milliseconds.
    for milliseconds in [3, 11, 17, 29, 41] {
        acknowledged = kill_after(&path, acknowledged, Duration::from_millis(milliseconds));
        let snapshot = table.snapshot().await.unwrap();
        let committed = snapshot
            .transaction_version("writer")
            .await
            .unwrap()
            .unwrap_or(0);
        // The last commit may stand though its acknowledgement was not read.
        assert!(
            committed == acknowledged || committed == acknowledged + 1,
            "{committed}, {acknowledged}"
        );
        acknowledged = committed;
        assert_eq!(snapshot.num_rows(), Some((committed * ROWS) as u64));
        assert_eq!(
            number(&snapshot, "select count(distinct n) from t").await,
            committed * ROWS
        );
        assert_eq!(
            number(&snapshot, "select max(batch) from t").await,
            committed
        );
    }
    // What the killed left behind is swept, and the rows stay.
    let options = MaintainOptions::new(now() + TimeDelta::days(30));
    maintain(&warehouse, options, &Silent).await.unwrap();
    assert_eq!(
        table.snapshot().await.unwrap().num_rows(),
        Some((acknowledged * ROWS) as u64)
    );
    let mut left = std::fs::read_dir(path.join("tables/mart/number")).unwrap();
    assert!(left.all(|entry| !entry.unwrap().file_name().to_string_lossy().contains('#')));
}

/// Runs the writer until two more commits than `seen` are acknowledged and so much longer, kills it,
/// and gives the last number acknowledged.
fn kill_after(lake: &std::path::Path, seen: i64, longer: Duration) -> i64 {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crashes::the_writer_that_is_killed",
            "--nocapture",
        ])
        .env(LAKE, lake)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut last = seen;
    for line in lines {
        let line = line.unwrap();
        let Some((_, number)) = line.rsplit_once("acknowledged ") else {
            continue;
        };
        last = number.parse().unwrap();
        if last == seen + 2 {
            std::thread::sleep(longer);
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    last
}
