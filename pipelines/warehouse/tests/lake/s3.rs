//! A lake on S3: a real server process (moto), real conditional puts.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::TimeDelta;
use warehouse::progress::Silent;
use warehouse::{Change, LakeLocation, MaintainOptions, Removal, Warehouse, maintain, open_latest};

use crate::commits::append_from_many;
use crate::publications::draft;
use crate::support::python::python;
use crate::support::*;

/// Starts moto on a free port and makes the bucket `city`, tells the port, and serves until its
/// input ends, that is, until this process does.
const SERVE: &str = r#"
import logging, sys, urllib.request
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
request = urllib.request.Request(f"http://127.0.0.1:{port}/city", method="PUT")
urllib.request.urlopen(request)
print(port, flush=True)
sys.stdin.read()
server.stop()
"#;

struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    fn start(python: &Path) -> Self {
        let mut process = Command::new(python)
            .args(["-c", SERVE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("moto said `{line}`"));
        Self { process, port }
    }

    fn lake(&self, prefix: &str) -> LakeLocation {
        let location: LakeLocation = format!("s3://city/{prefix}").parse().unwrap();
        location
            .with_option(
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            )
            .with_option("AWS_ALLOW_HTTP", "true")
            .with_option("AWS_ACCESS_KEY_ID", "test")
            .with_option("AWS_SECRET_ACCESS_KEY", "test")
            .with_option("AWS_REGION", "us-east-1")
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn lake(moto: &Moto, prefix: &str) -> Warehouse {
    let contracts = [readings(), contract("mart.number", &["n integer key"])];
    open(&moto.lake(prefix), &contracts).await.unwrap()
}

/// One server for all: starting it costs more than the tests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lake_on_s3_does_what_one_on_disk_does() {
    let Some(python) = python(&["moto.server"]) else {
        return;
    };
    let moto = Moto::start(&python);
    rows_are_written_and_read(&moto).await;
    two_processes_lose_and_double_nothing(&moto).await;
    publishers_get_a_number_each(&moto).await;
    objects_land_once(&moto).await;
    upkeep_removes_what_nothing_names(&moto).await;
    a_bucket_that_is_not_there_is_told(&moto).await;
}

async fn rows_are_written_and_read(moto: &Moto) {
    let warehouse = lake(moto, "rows/deep").await;
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    append(
        &table,
        &format!(
            "{} union all {}",
            reading_rows(1, 500),
            reading_rows(2, 500)
        ),
    )
    .await;
    commit(
        &table,
        &reading_rows(2, 7),
        Removal::Partitions(vec![warehouse::PartitionValues::of("month", "2025-02")]),
    )
    .await
    .unwrap();
    // Another process sees it all.
    let warehouse = lake(moto, "rows/deep").await;
    let session = open_latest(&warehouse).await.unwrap();
    let sql = "select month, count(*) as readings, sum(quantity) as kwh from reading
               where meter_id < 'm05' group by month order by month";
    // Of 0..500 the values with a last digit below 5, an eighth each:
    // 250 values, sum 61 750 + … = (Σ 0..499 − Σ digits 5..9) / 8; of 0..7 the values 0..4: 10 / 8.
    insta::assert_snapshot!(show(&session, sql).await, @r"
    +---------+----------+-----------+
    | month   | readings | kwh       |
    +---------+----------+-----------+
    | 2025-01 | 250      | 7718.7500 |
    | 2025-02 | 5        | 1.2500    |
    +---------+----------+-----------+
    ");
}

async fn two_processes_lose_and_double_nothing(moto: &Moto) {
    // Two warehouses share nothing but the bucket.
    let first = lake(moto, "writers")
        .await
        .table(&id("mart.number"))
        .await
        .unwrap();
    let second = lake(moto, "writers")
        .await
        .table(&id("mart.number"))
        .await
        .unwrap();
    let both = tokio::join!(append_from_many(&first, 2, 4), async {
        for n in 0..4 {
            let row = format!("select {} as n", 50_000 + n);
            while let Err(error) = commit(&second, &row, Removal::None).await {
                assert_eq!(error.retry(), contracts::Retry::Now, "{}", told(&error));
            }
        }
    });
    let ((), ()) = both;
    let snapshot = first.snapshot().await.unwrap();
    assert_eq!(snapshot.num_rows(), Some(12));
    assert_eq!(
        number(&snapshot, "select count(distinct n) from t").await,
        12
    );
}

async fn publishers_get_a_number_each(moto: &Moto) {
    let warehouse = lake(moto, "publications").await;
    let mut tasks = tokio::task::JoinSet::new();
    for version in 0..6 {
        let publications = warehouse.publications();
        tasks.spawn(async move {
            let draft = draft("2026-11-24T03:00:00Z", &[("mart.number", version)]);
            publications.create(draft).await.unwrap().number
        });
    }
    let mut numbers = tasks.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

async fn objects_land_once(moto: &Moto) {
    use std::io::Read as _;
    let warehouse = lake(moto, "landing").await;
    let day = "2026-11-24".parse().unwrap();
    let table = id("mart.reading");
    // 24 MB that do not compress: an upload in parts, then a rename.
    let bytes: Vec<u8> = (0..3_000_000_u64)
        .flat_map(|n| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(31)
                .to_le_bytes()
        })
        .collect();
    for content in [&b"small"[..], &bytes[..]] {
        let first = warehouse.land(&table, day, "bin", content).await.unwrap();
        assert!(first.was_new);
        assert!(
            !warehouse
                .land(&table, day, "bin", content)
                .await
                .unwrap()
                .was_new
        );
        let mut reader = warehouse.open_landed(&first.key).await.unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map(|_| bytes)
        });
        assert!(read.await.unwrap().unwrap() == content);
    }
}

async fn upkeep_removes_what_nothing_names(moto: &Moto) {
    let warehouse = lake(moto, "upkeep").await;
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    for _ in 0..5 {
        append(&table, &reading_rows(1, 20)).await;
    }
    let orphan = write(&table, &reading_rows(3, 20)).await.unwrap();
    assert_eq!(orphan.len(), 1);
    let options = MaintainOptions::new(now() + TimeDelta::days(30));
    let report = maintain(&warehouse, options, &Silent).await.unwrap();
    let report = &report.tables[0];
    assert_eq!(report.problem, None);
    // Five small files and the orphan.
    assert_eq!((report.compacted_partitions, report.removed.files), (1, 6));
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(1) from t").await,
        100
    );
    let on = table.snapshot().await.unwrap();
    table.commit(&on, Change::default()).await.unwrap();
}

async fn a_bucket_that_is_not_there_is_told(moto: &Moto) {
    let location = moto.lake("x");
    let elsewhere: LakeLocation = "s3://nowhere/x".parse().unwrap();
    drop(location);
    let elsewhere = elsewhere
        .with_option(
            "AWS_ENDPOINT_URL",
            format!("http://127.0.0.1:{}", moto.port),
        )
        .with_option("AWS_ALLOW_HTTP", "true")
        .with_option("AWS_ACCESS_KEY_ID", "test")
        .with_option("AWS_SECRET_ACCESS_KEY", "test")
        .with_option("AWS_REGION", "us-east-1");
    let error = open(&elsewhere, &[]).await.unwrap_err();
    insta::assert_snapshot!("a_bucket_that_is_not_there", told(&error));
    let misspelt = moto.lake("x").with_option("AWS_ENDPOINT_ULR", "y");
    let error = open(&misspelt, &[]).await.unwrap_err();
    insta::assert_snapshot!("an_option_that_is_not_one", told(&error));
}
