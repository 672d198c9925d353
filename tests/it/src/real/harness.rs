//! A job in a lake of its own, and the reader that judges it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use contracts::Contracts;
use ingest::job::{Job, Jobs};
use ingest::{Ledger, RunOptions, RunReport, RunStatus};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use warehouse::Warehouse;
use warehouse::progress::Silent;

use crate::lake::{self, now, repository};

/// Where the files of a job are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Data {
    /// In the repository: whoever made them lets everybody hand them on.
    Shipped,
    /// Beside it: nobody has cleared yet that they may be published.
    Shared,
}

/// A job, its reader and the three totals as SQL.
pub(super) struct Case<'a> {
    pub data: Data,
    pub job: &'a str,
    pub oracle: &'a [&'a str],
    pub totals: &'a str,
}

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

impl Data {
    fn folder(self) -> PathBuf {
        match self {
            Data::Shipped => repository().join("tests/fixtures/real/data"),
            Data::Shared => std::env::var_os("JIEYUE_SHARED")
                .map_or_else(|| repository().join("../shared"), PathBuf::from)
                .join("data"),
        }
    }
}

/// What tests of real files share: contracts, jobs and an interpreter for the readers.
pub(super) struct Bench {
    contracts: Arc<Contracts>,
    jobs: Jobs,
    python: PathBuf,
    data: PathBuf,
}

/// A lake of one test, gone with it.
pub(super) struct Lake {
    warehouse: Warehouse,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// `None` has been told: the files or the interpreter are not here.
    ///
    /// Files that may not be published are not asked for by the gate; an interpreter is.
    pub(super) fn open(data: Data) -> Option<Bench> {
        let folder = data.folder();
        if !folder.is_dir() {
            eprintln!(
                "NOT TESTED: the folder of files that are not shipped is absent: {}. \
                 Set JIEYUE_SHARED to the folder that holds its `data`.",
                folder.display()
            );
            return None;
        }
        let python = python()?;
        let contracts = Contracts::parse(yaml_below("schemas/contracts")).expect("valid contracts");
        let contracts = Arc::new(contracts);
        let jobs = ingest::job::parse(yaml_below("tests/fixtures/real/jobs"), &contracts)
            .unwrap_or_else(|faults| panic!("{faults:#?}"));
        Some(Bench {
            contracts,
            jobs,
            python,
            data: folder,
        })
    }

    pub(super) async fn lake(&self) -> Lake {
        let folder = tempfile::tempdir().expect("a folder");
        let warehouse = lake::open(folder.path(), Arc::clone(&self.contracts)).await;
        Lake {
            warehouse,
            _folder: folder,
        }
    }

    /// Runs a job; it has to end well.
    pub(super) async fn run(&self, lake: &Lake, job: &str) -> RunReport {
        let options = RunOptions::new(&self.data, now());
        let report = ingest::run(&lake.warehouse, self.job(job), options, &Silent)
            .await
            .expect("a run");
        let faults: Vec<_> = report.files.iter().map(|file| &file.fault).collect();
        assert_eq!(report.status, RunStatus::Ok, "{job}: {faults:?}");
        report
    }

    /// What a script of `tests/oracle` says about the files.
    pub(super) fn ask<Answer: DeserializeOwned>(&self, oracle: &[&str]) -> Answer {
        let (script, arguments) = oracle.split_first().expect("a script");
        let output = Command::new(&self.python)
            .arg(repository().join("tests/oracle").join(script))
            .arg(&self.data)
            .args(arguments)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("a reader");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{oracle:?}: {told}");
        serde_json::from_slice(&output.stdout).expect("the reader's JSON")
    }

    fn job(&self, name: &str) -> &Job {
        self.jobs
            .iter()
            .find(|job| job.name.as_str() == name)
            .unwrap_or_else(|| panic!("no job {name}"))
    }
}

impl Lake {
    /// The rows of a query, every cell as text.
    pub(super) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        lake::rows(&self.warehouse, sql).await
    }

    async fn totals(&self, sql: &str) -> Vec<String> {
        self.rows(sql).await.remove(0)
    }
}

/// Runs a job in a lake of its own, twice, and compares it with its reader.
pub(super) async fn compare(case: Case<'_>) {
    let Some(bench) = Bench::open(case.data) else {
        return;
    };
    let lake = bench.lake().await;
    let first = bench.run(&lake, case.job).await;
    assert!(first.ledger.balances(), "{:?}", first.ledger);
    let ours = found(&first, lake.totals(case.totals).await);
    let theirs: Found = bench.ask(case.oracle);
    assert_eq!(ours, theirs);

    let second = bench.run(&lake, case.job).await;
    assert!(!second.changed, "{:?}", second.ledger);
    let again = Ledger {
        inserted: 0,
        unchanged: first.ledger.inserted,
        ..first.ledger
    };
    assert_eq!(second.ledger, again);
    assert_eq!(lake.totals(case.totals).await, ours.totals);
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

/// The interpreter of the readers; `None` has been told.
fn python() -> Option<PathBuf> {
    let interpreter = std::env::var_os("JIEYUE_PYTHON").map_or_else(
        || repository().join(".cache/venv/bin/python"),
        PathBuf::from,
    );
    let result = Command::new(&interpreter)
        .args(["-c", "import openpyxl, polars"])
        .output();
    if result.is_ok_and(|output| output.status.success()) {
        return Some(interpreter);
    }
    let told = format!(
        "NOT TESTED: `{}` is no Python with openpyxl and polars; set JIEYUE_PYTHON",
        interpreter.display()
    );
    let is_required = std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!is_required, "{told}");
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
