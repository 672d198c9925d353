//! A REST service.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use serde_json::json;
use warehouse::progress::Progress;

use super::*;
use crate::job::Job;
use crate::report::RunStatus;

/// A row of the service.
#[derive(Clone)]
struct Row {
    organization: &'static str,
    kwh: &'static str,
    changed_at: &'static str,
}

/// What the service does, changed by the tests.
#[derive(Default)]
struct Deeds {
    rows: Vec<Row>,
    /// The page at which it fails.
    fails_at: usize,
    /// What it was asked, without the leading `/use?`.
    asked: Vec<String>,
}

struct Service {
    deeds: Arc<Mutex<Deeds>>,
    address: String,
}

impl Service {
    /// A service with two rows a page.
    async fn start(rows: &[Row]) -> Service {
        let deeds = Arc::new(Mutex::new(Deeds {
            rows: rows.to_vec(),
            ..Deeds::default()
        }));
        let router = Router::new().fallback(serve).with_state(Arc::clone(&deeds));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Service { deeds, address }
    }

    fn change(&self, change: impl FnOnce(&mut Deeds)) {
        change(&mut self.deeds.lock().expect("a lock"));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.deeds.lock().expect("a lock").asked)
    }

    fn job(&self, house: &House, rest: &str) -> Job {
        house.job(&format!(
            "job: energy.test\ntable: energy.use\nsource:\n  http:\n    url: \"{}/use\"\n    pages: {{ number: page }}\n    since: {{ parameter: since, field: changed_at }}\n    limits: {{ retries: 0 }}\n{rest}format: {{ path: rows }}\nselect: select organization_id, '2026-01' as month, kwh as electricity_kwh from decoded\nmode: upsert\n",
            self.address
        ))
    }
}

async fn serve(State(deeds): State<Arc<Mutex<Deeds>>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let url = url::Url::parse(&format!("http://host/?{query}")).expect("an address");
    let get = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let page: usize = get("page").parse().expect("a page");
    let mut deeds = deeds.lock().expect("a lock");
    deeds.asked.push(query);
    if page == deeds.fails_at {
        return (
            StatusCode::INTERNAL_SERVER_ERROR,
            "no such key s3cret-token",
        )
            .into_response();
    }
    let since = get("since");
    let rows = deeds
        .rows
        .iter()
        .filter(|row| row.changed_at >= since.as_str());
    let rows: Vec<Value> = rows
        .skip(page * 2 - 2)
        .take(2)
        .map(|row| json!({ "organization_id": row.organization, "kwh": row.kwh, "changed_at": row.changed_at }))
        .collect();
    json!({ "rows": rows }).to_string().into_response()
}

fn row(organization: &'static str, kwh: &'static str, changed_at: &'static str) -> Row {
    Row {
        organization,
        kwh,
        changed_at,
    }
}

fn five() -> [Row; 5] {
    [
        row("a", "1", "2026-01-01T00:00:00Z"),
        row("b", "2", "2026-01-02T00:00:00Z"),
        row("c", "3", "2026-01-03T00:00:00Z"),
        row("d", "4", "2026-01-04T00:00:00Z"),
        row("e", "5", "2026-01-05T00:00:00Z"),
    ]
}

async fn rows(house: &House) -> String {
    house
        .query("select string_agg(organization_id || ' ' || electricity_kwh, ', ' order by organization_id) as rows from energy.use")
        .await
        .lines()
        .nth(3)
        .map(|line| line.trim_matches(['|', ' ']).to_owned())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_cursor_and_ledger_are_one_commit() {
    let house = House::new().await;
    let service = Service::start(&five()).await;
    let job = service.job(&house, "");
    let first = house.run(&job).await;
    assert_eq!(first.status, RunStatus::Ok, "{:?}", faults(&first));
    assert_eq!(
        ledger(&first),
        "decoded 5 left out 0 read 5 = inserted 5 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    assert_eq!(service.asked(), ["page=1", "page=2", "page=3", "page=4"]);
    let kept = cursors(&house).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["newest"], "2026-01-05T00:00:00Z");

    // Nothing new: the row of the overlap is compared, and nothing is committed.
    let second = house.run(&job).await;
    assert_eq!(
        service.asked(),
        [
            "since=2026-01-04T23%3A00%3A00Z&page=1",
            "since=2026-01-04T23%3A00%3A00Z&page=2"
        ]
    );
    assert_eq!((second.ledger.unchanged, second.version), (1, None));
    assert_eq!(cursors(&house).await.len(), 1);

    // Changed twice between two pulls, and one that is new.
    service.change(|deeds| {
        deeds.rows[1] = row("b", "22", "2026-01-06T00:00:00Z");
        deeds.rows.push(row("f", "6", "2026-01-06T12:00:00Z"));
        deeds.rows[1] = row("b", "222", "2026-01-07T00:00:00Z");
    });
    let third = house.run(&job).await;
    assert_eq!(
        (
            third.ledger.inserted,
            third.ledger.updated,
            third.ledger.unchanged
        ),
        (1, 1, 1)
    );
    assert_eq!(cursors(&house).await[1]["newest"], "2026-01-07T00:00:00Z");
    assert_eq!(
        rows(&house).await,
        "a 1.0000, b 222.0000, c 3.0000, d 4.0000, e 5.0000, f 6.0000"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_pull_broke_off_stands_and_the_next_one_goes_on() {
    let house = House::new().await;
    let service = Service::start(&five()).await;
    let job = service.job(&house, "");
    service.change(|deeds| deeds.fails_at = 3);
    let first = house.run(&job).await;
    assert_eq!(
        (first.status, first.ledger.inserted),
        (RunStatus::Failed, 4)
    );
    let told = faults(&first).join("\n").replace(&service.address, "HOST");
    insta::assert_snapshot!(told, @"cannot read `HOST/use?page=3`: `HOST/use?page=3` answers 500 Internal Server Error: no such key s3cret-token");
    service.asked();

    // While it was away the service fails again at once: nothing is lost or doubled.
    let again = house.run(&job).await;
    assert_eq!((again.status, again.ledger.read), (RunStatus::Failed, 0));
    assert_eq!(service.asked(), ["page=2", "page=3"]);

    service.change(|deeds| deeds.fails_at = 0);
    let last = house.run(&job).await;
    assert_eq!((last.status, last.ledger.inserted), (RunStatus::Ok, 1));
    assert_eq!(
        notes(&last),
        ["goes on with page 3, where the last pull broke off"]
    );
    assert_eq!(service.asked(), ["page=2", "page=3", "page=4"]);
    assert_eq!(
        rows(&house).await,
        "a 1.0000, b 2.0000, c 3.0000, d 4.0000, e 5.0000"
    );
    let kept = cursors(&house).await;
    assert_eq!(kept[0]["broken_off"]["next"], json!({ "number": 3 }));
    assert_eq!(kept[1]["newest"], "2026-01-05T00:00:00Z");
}

/// A cursor is not moved past a page that could not be loaded.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_decoded_holds_the_cursor() {
    let house = House::new().await;
    let service = Service::start(&five()).await;
    let job = house.job(&format!(
        "job: energy.test\ntable: energy.use\nsource:\n  http:\n    url: \"{}/use\"\n    pages: {{ number: page }}\n    since: {{ parameter: since, field: changed_at }}\nformat: {{ path: rows }}\nselect: select organisation_id as organization_id, '2026-01' as month from decoded\nmode: upsert\n",
        service.address
    ));
    let report = house.run(&job).await;
    assert_eq!((report.status, report.version), (RunStatus::Failed, None));
    let table = house
        .warehouse
        .existing_table(&table())
        .await
        .expect("the lake");
    if table.is_some() {
        assert_eq!(cursors(&house).await, Vec::<Value>::new());
    }
    let told = faults(&report).join("\n").replace(&service.address, "HOST");
    assert!(
        told.starts_with("`HOST/use?page=1` has no column `organisation_id`"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_loaded_when_it_has_changed() {
    let house = House::new().await;
    let text = "organization_id,month,electricity_kwh\na,2026-01,1\n";
    let served = axum::routing::get(async move |headers: axum::http::HeaderMap| {
        match headers.get("if-none-match") {
            Some(etag) if etag == "\"1\"" => StatusCode::NOT_MODIFIED.into_response(),
            _ => ([("etag", "\"1\"")], text).into_response(),
        }
    });
    let router = Router::new().route("/use.csv", served);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let job = house.job(&format!(
        "job: energy.test\ntable: energy.use\nsource: {{ http: {{ url: \"http://{address}/use.csv\" }} }}\nmode: snapshot\n"
    ));
    let first = house.run(&job).await;
    assert_eq!(first.ledger.inserted, 1, "{:?}", faults(&first));
    let second = house.run(&job).await;
    assert_eq!(second.message.as_deref(), Some("nothing changed"));
    assert_eq!(
        (second.files.len(), rows(&house).await.as_str()),
        (0, "a 1.0000")
    );
}

/// Dies when a step begins.
struct DiesAt(&'static str);

impl Progress for DiesAt {
    fn step(&self, name: &str) {
        if name == self.0 {
            std::panic::resume_unwind(Box::new("killed"));
        }
    }

    fn advance(&self, _: u64, _: u64) {}

    fn done(&self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_anywhere_loses_and_doubles_nothing() {
    for step in ["land", "read", "merge", "commit", "record"] {
        let house = House::new().await;
        let service = Service::start(&five()[..3]).await;
        let job = service.job(&house, "");
        house.run(&job).await;
        service.change(|deeds| {
            deeds.rows = five().to_vec();
            deeds.rows[2] = row("c", "33", "2026-01-06T00:00:00Z");
        });
        let killed = AssertUnwindSafe(house.run_with(&job, &DiesAt(step)))
            .catch_unwind()
            .await;
        assert!(killed.is_err(), "nothing begins `{step}`");
        house.run(&job).await;
        assert_eq!(
            rows(&house).await,
            "a 1.0000, b 2.0000, c 33.0000, d 4.0000, e 5.0000",
            "killed at `{step}`"
        );
        let kept = cursors(&house).await;
        assert_eq!(kept.len(), 2, "killed at `{step}`");
        assert_eq!(kept[1]["newest"], "2026-01-06T00:00:00Z");
    }
}

/// Files below a folder.
fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_in_no_log_error_landing_or_report() {
    let logged = Arc::new(Mutex::new(Vec::new()));
    let house = House::new().await;
    let service = Service::start(&five()).await;
    house.write("../token", "s3cret-token\n");
    let job = service.job(
        &house,
        "    auth: { api_key: { parameter: key, value: \"file:token\" } }\n",
    );
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(Into(Arc::clone(&logged)))
        .finish();
    // Every thread of the run is heard; a second test of this process may have been first.
    let _ = tracing::subscriber::set_global_default(subscriber);
    service.change(|deeds| deeds.fails_at = 3);
    let mut reports = vec![house.run(&job).await];
    service.change(|deeds| deeds.fails_at = 0);
    reports.push(house.run(&job).await);
    assert!(
        service
            .asked()
            .iter()
            .all(|asked| asked.contains("key=s3cret-token"))
    );
    let mut everything = format!(
        "{job:?}\n{}",
        serde_json::to_string(&reports).expect("JSON")
    );
    everything += &house.query("select report_json from ops.run").await;
    assert!(everything.contains("no such key •••"), "{everything}");
    everything += &String::from_utf8_lossy(&logged.lock().expect("a lock"));
    let mut lake = Vec::new();
    files(&house.dir.path().join("lake"), &mut lake);
    assert!(
        lake.iter()
            .any(|path| path.extension().is_some_and(|extension| extension == "zst"))
    );
    for path in lake {
        let bytes = std::fs::read(&path).expect("a file");
        let plain = zstd::decode_all(bytes.as_slice()).unwrap_or(bytes);
        everything += &String::from_utf8_lossy(&plain);
    }
    assert!(
        everything.contains("changed_at"),
        "the landed pages are among it"
    );
    assert!(!everything.contains("s3cret"), "the secret is somewhere");
}

/// A log kept in memory.
#[derive(Clone)]
struct Into(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Into {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Into {
    type Writer = Into;

    fn make_writer(&self) -> Into {
        self.clone()
    }
}
