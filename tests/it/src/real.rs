//! Real files, loaded into our contracts and judged by readers that share no code with us.
//!
//! Each case is a job of `tests/fixtures/real/jobs` and a script of `tests/oracle`, which reads the same
//! files with Python and prints the counts and three totals the ledger and the table must show.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, TimeZone, Utc};
use contracts::Contracts;
use ingest::{Ledger, RunOptions, RunReport, RunStatus};
use serde::Deserialize;
use warehouse::progress::Silent;
use warehouse::{LakeLocation, Settings, Warehouse, open_latest};

/// What an independent reader finds in the files of a job.
#[derive(Debug, PartialEq, Deserialize)]
struct Found {
    decoded: u64,
    read: u64,
    inserted: u64,
    duplicate: u64,
    quarantined: BTreeMap<String, u64>,
    totals: Vec<String>,
}

/// A job, its reader and the three totals as SQL.
struct Case<'a> {
    job: &'a str,
    oracle: &'a [&'a str],
    totals: &'a str,
}

fn repository() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).to_owned()
}

/// The folder of real files; `None` has been told.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("JIEYUE_SHARED")
        .map_or_else(|| repository().join("../shared"), PathBuf::from)
        .join("data");
    if folder.is_dir() {
        return Some(folder);
    }
    let told = format!(
        "NOT TESTED: {} is absent; set JIEYUE_SHARED",
        folder.display()
    );
    assert!(!is_required(), "{told}");
    eprintln!("{told}");
    None
}

/// Whether a test that cannot run has failed: the gate says so.
fn is_required() -> bool {
    std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1")
}

/// The interpreter of the readers; `None` has been told.
fn python() -> Option<PathBuf> {
    let interpreter = std::env::var_os("JIEYUE_PYTHON").map_or_else(
        || repository().join(".cache/venv/bin/python"),
        PathBuf::from,
    );
    let result = Command::new(&interpreter)
        .args(["-c", "import openpyxl"])
        .output();
    if result.is_ok_and(|output| output.status.success()) {
        return Some(interpreter);
    }
    let told = format!(
        "NOT TESTED: `{}` is no Python with openpyxl; set JIEYUE_PYTHON",
        interpreter.display()
    );
    assert!(!is_required(), "{told}");
    eprintln!("{told}");
    None
}

/// Every YAML file below a folder, with its path in the repository.
fn yaml_below(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open = vec![repository().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml") {
                let text = std::fs::read_to_string(&path).expect("a text");
                let name = path.strip_prefix(repository()).expect("below").to_owned();
                files.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    files.sort();
    files
}

fn ask(python: &Path, data: &Path, oracle: &[&str]) -> Found {
    let output = Command::new(python)
        .arg(repository().join("tests/oracle").join(oracle[0]))
        .arg(data)
        .args(&oracle[1..])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("a reader");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{oracle:?}: {told}");
    serde_json::from_slice(&output.stdout).expect("the reader's JSON")
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 2, 0, 0)
        .single()
        .expect("a time")
}

fn found(report: &RunReport, totals: Vec<String>) -> Found {
    Found {
        decoded: report.ledger.decoded,
        read: report.ledger.read,
        inserted: report.ledger.inserted,
        duplicate: report.ledger.duplicate,
        quarantined: report
            .quarantined
            .iter()
            .map(|(rule, count)| (rule.clone(), count.count))
            .collect(),
        totals,
    }
}

async fn totals(warehouse: &Warehouse, sql: &str) -> Vec<String> {
    let session = open_latest(warehouse).await.expect("a session");
    let batches = session
        .sql(sql)
        .await
        .expect("a query")
        .collect()
        .await
        .expect("rows");
    let batch = batches.first().expect("a row");
    let options = FormatOptions::default();
    let cell = |column| {
        ArrayFormatter::try_new(column, &options)
            .expect("a column of text form")
            .value(0)
            .to_string()
    };
    batch.columns().iter().map(|column| cell(column)).collect()
}

/// Runs each case in a lake of its own, twice, and compares it with its reader.
async fn compare(cases: &[Case<'_>]) {
    let (Some(data), Some(python)) = (shared(), python()) else {
        return;
    };
    let contracts = Contracts::parse(yaml_below("schemas/contracts")).expect("valid contracts");
    let contracts = Arc::new(contracts);
    let jobs = ingest::job::parse(yaml_below("tests/fixtures/real/jobs"), &contracts)
        .unwrap_or_else(|faults| panic!("{faults:#?}"));
    for case in cases {
        let job = jobs
            .iter()
            .find(|job| job.name.to_string() == case.job)
            .unwrap_or_else(|| panic!("no job {}", case.job));
        let folder = tempfile::tempdir().expect("a folder");
        let location: LakeLocation = folder
            .path()
            .join("lake")
            .to_string_lossy()
            .parse()
            .expect("a place");
        let settings = Settings {
            memory_bytes: 256 << 20,
            spill_dir: None,
            target_partitions: Some(2),
        };
        let warehouse = Warehouse::open(&location, Arc::clone(&contracts), settings)
            .await
            .expect("a lake");
        let run = || ingest::run(&warehouse, job, RunOptions::new(&data, now()), &Silent);
        let first = run().await.expect("a run");
        assert_eq!(
            first.status,
            RunStatus::Ok,
            "{}: {:?}",
            case.job,
            first.message
        );
        assert!(first.ledger.balances(), "{}: {:?}", case.job, first.ledger);
        let ours = found(&first, totals(&warehouse, case.totals).await);
        assert_eq!(ours, ask(&python, &data, case.oracle), "{}", case.job);

        let second = run().await.expect("a second run");
        assert!(!second.changed, "{}: {:?}", case.job, second.ledger);
        let again = Ledger {
            inserted: 0,
            unchanged: first.ledger.inserted,
            ..first.ledger
        };
        assert_eq!(second.ledger, again, "{}", case.job);
        assert_eq!(
            totals(&warehouse, case.totals).await,
            ours.totals,
            "{}",
            case.job
        );
    }
}

#[tokio::test]
async fn hourly_meters_of_cambridge_are_what_another_reader_finds() {
    for building in ["b0", "b1", "b4", "b13", "b25", "b40", "b61", "b105"] {
        for carrier in ["electricity", "gas"] {
            compare(&[Case {
                job: &format!("real.cambridge_{building}_{carrier}"),
                oracle: &["cambridge.py", building, carrier],
                totals: "select sum(quantity), max(quantity), count(*) filter (where quantity = 0) from energy.reading",
            }])
            .await;
        }
    }
}

#[tokio::test]
async fn monthly_bills_of_allegheny_county_are_what_another_reader_finds() {
    for carrier in ["electricity", "natural_gas", "heat", "water", "wastewater"] {
        compare(&[Case {
            job: &format!("real.allegheny_{carrier}"),
            oracle: &["allegheny.py", carrier],
            totals: "select sum(quantity), sum(amount_yuan), count(distinct account_id) from energy.bill",
        }])
        .await;
    }
}

#[tokio::test]
async fn holidays_of_eight_years_are_what_two_collectors_found() {
    compare(&[Case {
        job: "real.holiday_cn",
        oracle: &["holidays.py"],
        totals: "select count(*) filter (where not is_workday), count(*) filter (where is_workday), count(distinct name) from reference.calendar",
    }])
    .await;
}

#[tokio::test]
async fn the_fleet_of_seattle_is_what_another_reader_finds() {
    for (which, money, day) in [
        ("active", "price_yuan", "registered_date"),
        ("sold", "disposal_proceeds_yuan", "disposed_date"),
    ] {
        compare(&[Case {
            job: &format!("real.seattle_{which}"),
            oracle: &["seattle.py", which],
            totals: &format!("select sum({money}), count(distinct organization_id), max({day}) from vehicle.vehicle"),
        }])
        .await;
    }
}

#[tokio::test]
async fn payments_of_oxford_under_four_sets_of_titles_are_what_another_reader_finds() {
    for (job, quarter) in [
        ("2014q1", "jan-mar-2014"),
        ("2015q2", "apr-jun-2015"),
        ("2016q2", "apr-jun-2016"),
        ("2018q1", "jan-mar-2018"),
    ] {
        compare(&[Case {
            job: &format!("real.oxford_{job}"),
            oracle: &["oxford.py", quarter],
            totals: "select sum(amount_yuan), count(distinct organization_id), max(voucher_date) from cost.expense",
        }])
        .await;
    }
}
