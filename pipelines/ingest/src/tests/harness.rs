//! A lake in a temporary folder, files to load, and eyes to look.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::util::pretty::pretty_format_batches;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use contracts::Contracts;
use tempfile::TempDir;
use warehouse::progress::{Progress, Silent};
use warehouse::{LakeLocation, Settings, Warehouse, open_latest};

use crate::job::{self, Job, Jobs};
use crate::{IngestError, PseudonymKey, ReplayOptions, RunOptions, RunReport};

pub(super) const USE: &str = include_str!("contracts/use.yaml");
const READING: &str = include_str!("../../../../schemas/contracts/energy/reading.yaml");
const RUN: &str = include_str!("../../../../schemas/contracts/ops/run.yaml");
const QUARANTINE: &str = include_str!("../../../../schemas/contracts/ops/quarantine.yaml");

/// A lake and a data folder.
pub(super) struct House {
    pub dir: TempDir,
    pub contracts: Arc<Contracts>,
    pub warehouse: Warehouse,
    /// When the next run begins, but for a second for each run before it.
    pub now: DateTime<Utc>,
    runs: AtomicI64,
}

impl House {
    /// A house with the tables `energy.use` and `energy.reading`.
    pub(super) async fn new() -> House {
        House::with(&[("energy/use.yaml", USE), ("energy/reading.yaml", READING)]).await
    }

    pub(super) async fn with(contracts: &[(&str, &str)]) -> House {
        let dir = TempDir::new().expect("a temporary folder");
        House::at(dir, contracts).await
    }

    /// A house in a folder that may hold a lake already: the same lake under other contracts.
    pub(super) async fn at(dir: TempDir, contracts: &[(&str, &str)]) -> House {
        let ops = [("ops/run.yaml", RUN), ("ops/quarantine.yaml", QUARANTINE)];
        let files = contracts
            .iter()
            .chain(&ops)
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let contracts = Arc::new(Contracts::parse(files).expect("valid contracts"));
        let location: LakeLocation = dir
            .path()
            .join("lake")
            .to_str()
            .expect("a path")
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
        std::fs::create_dir_all(dir.path().join("data")).expect("a data folder");
        let now = Utc
            .with_ymd_and_hms(2026, 11, 24, 2, 0, 0)
            .single()
            .expect("a time");
        House {
            dir,
            contracts,
            warehouse,
            now,
            runs: AtomicI64::new(0),
        }
    }

    pub(super) fn jobs(&self, yaml: &str) -> Jobs {
        match job::parse(
            [("jobs/energy/test.yaml".to_owned(), yaml.to_owned())],
            &self.contracts,
        ) {
            Ok(jobs) => jobs,
            Err(faults) => panic!(
                "{}",
                faults
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n")
            ),
        }
    }

    pub(super) fn job(&self, yaml: &str) -> Job {
        self.jobs(yaml).iter().next().expect("a job").clone()
    }

    /// Writes a file below the data folder.
    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.data().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    pub(super) fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    pub(super) fn options(&self) -> RunOptions {
        RunOptions {
            pseudonym_key: Some(
                PseudonymKey::new(b"a key for tests only", "tests").expect("a key"),
            ),
            ..RunOptions::new(self.dir.path(), self.tick())
        }
    }

    fn tick(&self) -> DateTime<Utc> {
        self.now + TimeDelta::seconds(self.runs.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) async fn run(&self, job: &Job) -> RunReport {
        self.try_run(job).await.expect("a run")
    }

    pub(super) async fn try_run(&self, job: &Job) -> Result<RunReport, IngestError> {
        self.run_with(job, &Silent).await
    }

    pub(super) async fn run_with(
        &self,
        job: &Job,
        progress: &dyn Progress,
    ) -> Result<RunReport, IngestError> {
        let report = crate::run(&self.warehouse, job, self.options(), progress).await?;
        assert!(report.ledger.balances(), "{:?}", report.ledger);
        Ok(report)
    }

    pub(super) async fn replay(&self, jobs: &Jobs) -> Vec<RunReport> {
        let options = ReplayOptions {
            pseudonym_key: self.options().pseudonym_key,
            ..ReplayOptions::new(self.now)
        };
        crate::replay(&self.warehouse, jobs, options, &Silent)
            .await
            .expect("a replay")
    }

    /// What a query over the newest state of everything gives, as a table of text.
    pub(super) async fn query(&self, sql: &str) -> String {
        let session = open_latest(&self.warehouse).await.expect("a session");
        let rows = session
            .sql(sql)
            .await
            .expect("a plan")
            .collect()
            .await
            .expect("rows");
        pretty_format_batches(&rows).expect("a table").to_string()
    }
}

/// The ledger in one line.
pub(super) fn ledger(report: &RunReport) -> String {
    let l = &report.ledger;
    format!(
        "decoded {} left out {} read {} = inserted {} + updated {} + unchanged {} + duplicate {} + quarantined {}; deleted {}",
        l.decoded,
        l.left_out,
        l.read,
        l.inserted,
        l.updated,
        l.unchanged,
        l.duplicate,
        l.quarantined,
        l.deleted
    )
}

/// Refused rows, one a line.
pub(super) fn refusals(report: &RunReport) -> String {
    let mut lines = Vec::new();
    for (rule, rows) in &report.quarantined {
        for example in &rows.examples {
            let place = &example.place;
            lines.push(format!(
                "{rule} × {}: {} row {} column `{}` raw {:?}: {}",
                rows.count, place.file, place.row, example.column, example.raw, example.message
            ));
        }
    }
    lines.join("\n")
}

/// The parts of a path that tests see: its end.
pub(super) fn file_name(path: &str) -> &str {
    Path::new(path)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or(path)
}

/// A job for `energy.use` over files whose header has the contract's names.
pub(super) fn use_job(mode: &str, rest: &str) -> String {
    format!(
        "job: energy.test\ntable: energy.use\nsource: {{ files: \"data/*.csv\" }}\nmode: {mode}\n{rest}"
    )
}
